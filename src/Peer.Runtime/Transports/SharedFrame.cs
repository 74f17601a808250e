using System.Buffers;
using System.Collections.Concurrent;

namespace Peers.Transports;

/// <summary>Bytes that wait for many peers at once: encoded once, counted, and returned to the pool by the last who wrote them.</summary>
internal sealed class SharedFrame
{
    private const int MaxIdle = 256;

    private static readonly ConcurrentQueue<SharedFrame> s_idle = new();

    private byte[] _bytes = [];
    private int _length;
    private int _references;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public int Length => _length;

    /// <summary>Copies a frame. The caller owns one reference and gives it back with <see cref="Release"/>.</summary>
    public static SharedFrame Create(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (!s_idle.TryDequeue(out var frame)) frame = new SharedFrame();
        frame._length = header.Length + payload.Length;
        frame._bytes = ArrayPool<byte>.Shared.Rent(frame._length);
        frame._references = 1;
        header.CopyTo(frame._bytes);
        payload.CopyTo(frame._bytes.AsSpan(header.Length));
        return frame;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        if (s_idle.Count < MaxIdle) s_idle.Enqueue(this);
    }
}
