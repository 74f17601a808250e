using System.Text.Json;
using System.Text.Json.Serialization;

namespace Peers;

// What is not taken apart here: JSON that is kept as it is, and what System.Text.Json reads.
public ref partial struct MessageReader
{
    private static readonly JsonDocumentOptions s_elements = new() { AllowDuplicateProperties = false, MaxDepth = JsonText.MaxDepth };

    /// <summary>Reads a value of any kind, <c>null</c> too, and keeps its JSON as it is.</summary>
    /// <param name="value">A copy of the value's UTF-8, without white space around it.</param>
    public bool TryReadJson(out ReadOnlyMemory<byte> value)
    {
        var isTaken = TryTakeJson(out var token);
        value = token.ToArray();
        return isTaken;
    }

    /// <summary>Reads a value of any kind, <c>null</c> too. No object in it may have a member twice.</summary>
    public bool TryRead(out JsonElement value)
    {
        value = default;
        if (!TryTakeJson(out var token)) return false;

        try
        {
            value = JsonElement.Parse(token, s_elements);
            return true;
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            return Fail("An object has a member twice, or a surrogate stands alone in a name.");
        }
    }

    /// <summary>Reads an enum by the names of its values, as <see cref="JsonStringEnumConverter{TEnum}"/> does: without regard to case, several behind commas, or a number.</summary>
    /// <param name="value">The value.</param>
    /// <param name="expected">What is said where none of these is there: a sentence that lists the names.</param>
    public bool TryReadEnum<T>(out T value, string expected) where T : struct, Enum => TryRead(EnumNames<T>.Converter, MessageSerializer.Options, out value, expected);

    /// <summary>Reads a value through a converter of System.Text.Json.</summary>
    /// <param name="converter">The converter.</param>
    /// <param name="options">What it is given.</param>
    /// <param name="value">What it returns. It may be null where true is returned and <typeparamref name="T"/> is a reference.</param>
    /// <returns>
    /// False, too, where the converter throws what a converter throws for a text that does not fit: <see cref="JsonException"/>, <see cref="FormatException"/>,
    /// <see cref="InvalidOperationException"/>, <see cref="ArgumentException"/> or <see cref="OverflowException"/>. Whatever else it throws goes on.
    /// </returns>
    public bool TryRead<T>(JsonConverter<T> converter, JsonSerializerOptions options, out T? value)
    {
        ArgumentNullException.ThrowIfNull(converter);
        return TryRead(converter, options, out value, "Its converter refused it.");
    }

    private bool TryRead<T>(JsonConverter<T> converter, JsonSerializerOptions options, out T? value, string refused)
    {
        value = default;
        if (!TryTakeJson(out var token)) return false;
        if (default(T) is null && token.SequenceEqual("null"u8) && !converter.HandleNull) return true;

        var json = new Utf8JsonReader(token);
        try
        {
            json.Read();
            value = converter.Read(ref json, typeof(T), options);
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            value = default;
            return Fail(refused);
        }

        return (json.BytesConsumed == token.Length && json.CurrentDepth == 0) || Fail("Its converter did not read all of it.");
    }

    private bool TryTakeJson(out ReadOnlySpan<byte> token)
    {
        SkipSpace();
        var start = _at;
        var isTaken = TrySkip();
        token = isTaken ? _json[start.._at] : default;
        return isTaken;
    }

    private static bool IsRefusal(Exception exception) =>
        exception is JsonException or FormatException or InvalidOperationException or ArgumentException or OverflowException;
}
