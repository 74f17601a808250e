using System.Buffers;

namespace Peers.Transports;

/// <summary>Bytes that wait for many peers at once: encoded once, counted, and given back by the last who wrote them.</summary>
internal sealed class SharedFrame
{
    // A frame up to this size keeps its bytes from one use to the next.
    private const int Retained = 1024;

    private byte[] _bytes = new byte[Retained];
    private int _references;

    private SharedFrame()
    {
    }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public int Length { get; private set; }

    /// <summary>The channel that it was published to.</summary>
    public string Channel { get; private set; } = "";

    /// <summary>Copies a frame. The caller owns one reference and gives it back with <see cref="Release"/>.</summary>
    public static SharedFrame Create(string channel, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (!Turn.OfThread.Frames.TryRent(out var frame)) frame = new SharedFrame();
        (frame.Channel, frame.Length, frame._references) = (channel, header.Length + payload.Length, 1);
        if (frame.Length > frame._bytes.Length) frame._bytes = ArrayPool<byte>.Shared.Rent(frame.Length);
        header.CopyTo(frame._bytes);
        payload.CopyTo(frame._bytes.AsSpan(header.Length));
        return frame;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0) return;
        if (_bytes.Length > Retained)
        {
            // Frames of this size are rare: the small array is made again by whoever needs it.
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = new byte[Retained];
        }

        Turn.OfThread.Frames.Return(this);
    }
}
