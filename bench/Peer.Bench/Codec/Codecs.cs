using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Peers.Bench.Codec;

/// <summary>One message, written and read by generated code and by System.Text.Json, many times in one call.</summary>
internal abstract class Codecs(string name)
{
    public string Name { get; } = name;

    public bool HasStrings { get; init; } = true;

    /// <summary>The message on the wire, and with its members in the order opposite to that in which we write.</summary>
    public abstract (byte[] Written, byte[] Reversed) Wire { get; }

    public abstract void Write(int times);

    public abstract void JsonWrite(int times);

    public abstract void Read(byte[] wire, int times);

    public abstract void JsonRead(byte[] wire, int times);
}

/// <inheritdoc/>
internal sealed class Codecs<T, TJson> : Codecs where T : IMessage<T>
{
    // What a browser would send: nothing is escaped that need not be.
    private static readonly JsonWriterOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly Utf8JsonWriter _json;
    private readonly T _message;
    private readonly TJson _twin;
    private readonly JsonTypeInfo<TJson> _type;

    public Codecs(string name, T message, TJson twin, JsonTypeInfo<TJson> type) : base(name)
    {
        (_message, _twin, _type) = (message, twin, type);
        _json = new(_output, s_relaxed);
        Wire = (MessageSerializer.ToUtf8(message), Reverse(MessageSerializer.ToUtf8(message)));
        ThrowUnlessAlike();
    }

    public override (byte[] Written, byte[] Reversed) Wire { get; }

    public override void Write(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _output.ResetWrittenCount();
            MessageSerializer.Write(_output, in _message);
        }
    }

    public override void JsonWrite(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _output.ResetWrittenCount();
            _json.Reset();
            JsonSerializer.Serialize(_json, _twin, _type);
        }
    }

    public override void Read(byte[] wire, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (!MessageSerializer.TryRead<T>(wire, out _, out var error)) throw new InvalidDataException(error.ToString());
        }
    }

    public override void JsonRead(byte[] wire, int times)
    {
        for (var i = 0; i < times; i++) JsonSerializer.Deserialize(wire, _type);
    }

    // A race between unlike runners says nothing.
    private void ThrowUnlessAlike()
    {
        JsonWrite(1);
        ThrowUnless(_output.WrittenSpan.SequenceEqual(Wire.Written), "written");
        ThrowUnless(MessageSerializer.TryRead<T>(Wire.Reversed, out var read, out _) && MessageSerializer.ToUtf8(in read).AsSpan().SequenceEqual(Wire.Written), "read by us");
        var json = JsonSerializer.Deserialize(Wire.Reversed, _type)!;
        ThrowUnless(JsonSerializer.Serialize(json, _type) == JsonSerializer.Serialize(_twin, _type), "read by System.Text.Json");
    }

    private void ThrowUnless(bool isAlike, string how)
    {
        if (!isAlike) throw new InvalidOperationException($"'{Name}' is not the same when {how}: {Encoding.UTF8.GetString(_output.WrittenSpan)} and {Encoding.UTF8.GetString(Wire.Written)}.");
    }

    private static byte[] Reverse(byte[] wire)
    {
        var reversed = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(reversed, s_relaxed)) Reverse(JsonNode.Parse(wire))!.WriteTo(json);
        return reversed.WrittenSpan.ToArray();
    }

    private static JsonNode? Reverse(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(member => KeyValuePair.Create(member.Key, Reverse(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Reverse)]),
        _ => node?.DeepClone(),
    };
}
