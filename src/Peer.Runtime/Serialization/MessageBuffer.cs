using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Peers;

/// <summary>Where messages are written: one contiguous run of bytes that grows, with room in front for a frame's header.</summary>
/// <remarks>
/// For one writer at a time. <see cref="Rent"/> hands out the calling thread's own buffer, or a new one where that is in use (a getter of a
/// message may itself send); <see cref="Return"/> gives it back, and storage over <see cref="Retained"/> bytes goes to the pool.
/// </remarks>
internal sealed class MessageBuffer : IBufferWriter<byte>
{
    /// <summary>The bytes in front of the payload: RFC 6455 §5.2 needs at most 14.</summary>
    internal const int HeaderSize = 14;

    /// <summary>The most that a buffer keeps from one message to the next.</summary>
    internal const int Retained = 64 * 1024;

    private const int InitialSize = 1024;

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonText.MaxDepth };

    [ThreadStatic] private static MessageBuffer? s_ofThread;

    private byte[] _bytes = Buffers.Rent<byte>(InitialSize);
    private int _end = HeaderSize;

    // What System.Text.Json writes with, from the first time that it does.
    private Utf8JsonWriter? _json;

    /// <summary>Header and payload, in one piece. Valid until the next write, <see cref="Reset"/> or <see cref="Return"/>.</summary>
    public Memory<byte> Memory => _bytes.AsMemory(0, _end);

    /// <summary>Header and payload, in one piece. Valid until the next write, <see cref="Reset"/> or <see cref="Return"/>.</summary>
    public Span<byte> Span => _bytes.AsSpan(0, _end);

    /// <summary>What was written. Valid until the next write, <see cref="Reset"/> or <see cref="Return"/>.</summary>
    public ReadOnlyMemory<byte> Payload => _bytes.AsMemory(HeaderSize, _end - HeaderSize);

    /// <summary>What was written. Valid until the next write, <see cref="Reset"/> or <see cref="Return"/>.</summary>
    public ReadOnlySpan<byte> PayloadSpan => _bytes.AsSpan(HeaderSize, _end - HeaderSize);

    /// <summary>How many bytes were written, the header's apart.</summary>
    public int PayloadLength => _end - HeaderSize;

    /// <summary>An empty buffer. Give it back on the same thread.</summary>
    public static MessageBuffer Rent()
    {
        var buffer = s_ofThread ?? new MessageBuffer();
        s_ofThread = null;
        return buffer;
    }

    /// <summary>Gives the buffer back. It must not be touched afterwards.</summary>
    public void Return()
    {
        Reset();
        s_ofThread = this;
    }

    /// <summary>Forgets what was written.</summary>
    public void Reset()
    {
        _end = HeaderSize;
        if (_bytes.Length <= Retained) return;

        Buffers.Return(_bytes);
        _bytes = Buffers.Rent<byte>(InitialSize);
    }

    /// <summary>Writes one message behind what is there; a reply where <paramref name="requestId"/> holds the raw token of <c>$id</c>, or the request itself.</summary>
    public void Write<T>(in T message, ReadOnlySpan<byte> requestId = default, bool isRequest = false) where T : IMessage<T>
    {
        var writer = new MessageWriter(this, requestId, isRequest);
        T.Write(ref writer, in message);
        writer.Complete();
    }

    /// <summary>Writes an error: <c>{"type":"$error","$re":ID,"code":"…","message":"…"}</c>.</summary>
    public void WriteError(ReadOnlySpan<byte> requestId, string code, string message)
    {
        var writer = new MessageWriter(this, requestId);
        writer.BeginMessage("{\"type\":\"$error\""u8);
        writer.WriteRaw(",\"code\":"u8);
        writer.Write(code);
        writer.WriteRaw(",\"message\":"u8);
        writer.Write(message);
        writer.EndObject();
        writer.Complete();
    }

    /// <summary>Writes the end of a stream: <c>{"type":"$end","$re":ID}</c>.</summary>
    public void WriteEnd(ReadOnlySpan<byte> requestId)
    {
        var writer = new MessageWriter(this, requestId);
        writer.BeginMessage("{\"type\":\"$end\""u8);
        writer.EndObject();
        writer.Complete();
    }

    /// <summary>A writer that goes on behind what is there. What it wrote is there once it is flushed.</summary>
    internal Utf8JsonWriter OpenJson()
    {
        if (_json is null) return _json = new(this, s_json);

        _json.Reset();
        return _json;
    }

    /// <summary>All bytes, written and free.</summary>
    internal Span<byte> Storage => _bytes;

    /// <summary>Where the payload ends. Set by the writer that has completed.</summary>
    internal int End
    {
        get => _end;
        set => _end = value;
    }

    /// <summary>Makes room for <paramref name="free"/> bytes behind <paramref name="used"/>, which are kept.</summary>
    internal Span<byte> Grow(int used, int free)
    {
        var needed = (long)used + free;
        if (needed > Array.MaxLength) ThrowTooLong();

        var bigger = Buffers.Rent<byte>((int)Math.Min(Math.Max(needed, _bytes.Length * 2L), Array.MaxLength));
        _bytes.AsSpan(0, used).CopyTo(bigger);
        Buffers.Return(_bytes);
        _bytes = bigger;
        return bigger;
    }

    void IBufferWriter<byte>.Advance(int count) => _end += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        if (_bytes.Length - _end < Math.Max(sizeHint, 1)) Grow(_end, Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_end);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => ((IBufferWriter<byte>)this).GetMemory(sizeHint).Span;

    [DoesNotReturn]
    private static void ThrowTooLong() => throw new InvalidOperationException("A message is longer than an array can be.");
}
