using System.Buffers;

namespace Peers.Transports;

/// <summary>Bytes that wait for many peers at once: encoded once, counted, and given back by the last who wrote them.</summary>
internal sealed class SharedFrame
{
    /// <summary>Bytes that a waiting frame takes besides its own.</summary>
    public const int Overhead = 128;

    private const int MaxForms = 7;

    // Frames up to the largest of these keep their bytes from one use to the next. Several, so that a short frame that waits does not hold a long array.
    private static readonly int[] s_sizes = [128, 384, 1024 + FrameHeaderLength];

    // RFC 6455 §5.2: the longest header that a server writes.
    private const int FrameHeaderLength = 10;

    private readonly int _size;
    private byte[] _bytes;
    private int _references;
    private int _headerLength;

    // Other forms of the same message, by number; this frame itself where it is as good. Set while it is published, by one thread.
    private SharedFrame?[]? _forms;
    private bool _hasForms;

    private SharedFrame(int size, byte[] bytes) => (_size, _bytes) = (size, bytes);

    /// <summary>How many sizes of arrays frames keep.</summary>
    public static int Sizes => s_sizes.Length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public ReadOnlySpan<byte> Payload => Bytes[_headerLength..];

    public int Length { get; private set; }

    /// <summary>Whether the publisher asked for compressed forms.</summary>
    public bool Compress { get; private set; }

    /// <summary>The channel that it was published to.</summary>
    public string Channel { get; private set; } = "";

    /// <summary>Copies a frame. The caller owns one reference and gives it back with <see cref="Release"/>.</summary>
    public static SharedFrame Create(string channel, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, bool compress = false)
    {
        var frame = Rent(header.Length + payload.Length);
        (frame.Channel, frame.Length, frame._references) = (channel, header.Length + payload.Length, 1);
        (frame._headerLength, frame.Compress) = (header.Length, compress);
        header.CopyTo(frame._bytes);
        payload.CopyTo(frame._bytes.AsSpan(header.Length));
        return frame;
    }

    /// <summary>The form of that number, 0 to 6; null where it was not made yet. Under the channel's lock.</summary>
    public SharedFrame? FormAt(int index) => _hasForms ? _forms![index] : null;

    /// <summary>Keeps a form as long as this frame. Under the channel's lock.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="form">The form, whose reference this takes over; null where this frame is as good.</param>
    /// <returns>What to send instead of this.</returns>
    public SharedFrame SetForm(int index, SharedFrame? form)
    {
        _forms ??= new SharedFrame?[MaxForms];
        _hasForms = true;
        return _forms[index] = form ?? this;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0) return;
        if (_hasForms) ReleaseForms();
        if (_size < Sizes)
        {
            Turn.OfThread.Frames[_size].Return(this);
            return;
        }

        // Frames of this size are rare enough to be made again.
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private static SharedFrame Rent(int length)
    {
        var size = 0;
        while (size < Sizes && length > s_sizes[size]) size++;
        if (size == Sizes) return new(size, ArrayPool<byte>.Shared.Rent(length));
        return Turn.OfThread.Frames[size].TryRent(out var frame) ? frame : new(size, new byte[s_sizes[size]]);
    }

    private void ReleaseForms()
    {
        foreach (var form in _forms!)
        {
            if (form is not null && form != this) form.Release();
        }

        Array.Clear(_forms);
        _hasForms = false;
    }
}
