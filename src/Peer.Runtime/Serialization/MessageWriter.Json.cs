using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Peers;

// What is not put together here: JSON that is there already, what System.Text.Json writes, and numbers in quotes.
public ref partial struct MessageWriter
{
    /// <summary>Writes JSON as it is.</summary>
    /// <param name="utf8">One value; white space around it is left out.</param>
    /// <param name="member">What it is, for the exception.</param>
    /// <exception cref="InvalidOperationException">It is not one JSON value in UTF-8, or is too deep here.</exception>
    public void WriteJson(ReadOnlyMemory<byte> utf8, [CallerArgumentExpression(nameof(utf8))] string? member = null)
    {
        var start = JsonText.SkipSpace(utf8.Span, 0);
        var end = JsonText.SkipValue(utf8.Span, start, _depth);
        if (end < 0 || JsonText.SkipSpace(utf8.Span, end) < utf8.Length) ThrowNotJson(member);
        WriteRaw(utf8.Span[start..end]);
    }

    /// <summary>Writes a value of any kind, as it was read.</summary>
    /// <exception cref="InvalidOperationException">It is <see langword="default"/>, which is no value, or is too deep here.</exception>
    public void Write(JsonElement value, [CallerArgumentExpression(nameof(value))] string? member = null)
    {
        if (value.ValueKind == JsonValueKind.Undefined) ThrowNotJson(member);

        // It may have been parsed out of what is no JSON: with comments in it, or with text that is not UTF-8.
        var kept = JsonMarshal.GetRawUtf8Value(value);
        if (JsonText.SkipValue(kept, 0, _depth) == kept.Length)
        {
            WriteRaw(kept);
            return;
        }

        var start = Leave(out var json);
        value.WriteTo(json);
        Resume(json, start, member);
    }

    /// <summary>Writes an enum as <see cref="JsonStringEnumConverter{TEnum}"/> does: by name, several of them behind commas, or as a number where it has none.</summary>
    public void WriteEnum<T>(T value) where T : struct, Enum => Write(value, EnumNames<T>.Converter, MessageSerializer.Options);

    /// <summary>Writes a value through a converter of System.Text.Json.</summary>
    /// <param name="value">The value. Null reaches the converter only if that asks for it.</param>
    /// <param name="converter">The converter. What it throws goes on.</param>
    /// <param name="options">What it is given.</param>
    /// <param name="member">What the value is, for the exception.</param>
    /// <exception cref="InvalidOperationException">The converter did not write one value, or it is too deep here.</exception>
    public void Write<T>(T value, JsonConverter<T> converter, JsonSerializerOptions options, [CallerArgumentExpression(nameof(value))] string? member = null)
    {
        ArgumentNullException.ThrowIfNull(converter);
        if (value is null && !converter.HandleNull)
        {
            WriteNull();
            return;
        }

        var start = Leave(out var json);
        converter.Write(json, value, options);
        Resume(json, start, member);
    }

    /// <summary>Writes a number in quotes: also one that is infinite or not a number.</summary>
    public void WriteQuoted<T>(T value) where T : struct, INumberBase<T>
    {
        WriteRaw("\""u8);
        value.TryFormat(Free(MaxNumberLength), out var length, default, CultureInfo.InvariantCulture);
        _at += length;
        WriteRaw("\""u8);
    }

    // Leaves the buffer to a writer of System.Text.Json; returns where it begins.
    private int Leave(out Utf8JsonWriter json)
    {
        // Out of somebody else's room, which cannot grow.
        if (_buffer is null) Grow(1);

        Complete();
        json = _buffer!.OpenJson();
        return _at;
    }

    // A converter may have written nothing, too much, or too deep for this place.
    private void Resume(Utf8JsonWriter json, int start, string? member)
    {
        json.Flush();
        _bytes = _buffer!.Storage;
        _at = _buffer.End;
        var written = _bytes[start.._at];
        if (written.IsEmpty || JsonText.SkipValue(written, 0, _depth) != written.Length) ThrowNotJson(member);
    }

    [DoesNotReturn]
    private static void ThrowNotJson(string? member) => throw new InvalidOperationException($"'{member}' is not one JSON value, or makes the message deeper than 64 levels.");
}
