using System.Buffers;

namespace Peers.Transports;

/// <summary>Bytes that wait for many peers at once: encoded once, counted, and given back by the last who wrote them.</summary>
internal sealed class SharedFrame
{
    // A frame up to this size keeps its bytes from one use to the next.
    private const int Retained = 1024;
    private const int MaxForms = 7;

    private byte[] _bytes = new byte[Retained];
    private int _references;
    private int _headerLength;

    // Other forms of the same message, by number; this frame itself where it is as good. Set while it is published, by one thread.
    private SharedFrame?[]? _forms;
    private bool _hasForms;

    private SharedFrame()
    {
    }

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
        if (!Turn.OfThread.Frames.TryRent(out var frame)) frame = new SharedFrame();
        (frame.Channel, frame.Length, frame._references) = (channel, header.Length + payload.Length, 1);
        (frame._headerLength, frame.Compress) = (header.Length, compress);
        if (frame.Length > frame._bytes.Length) frame._bytes = ArrayPool<byte>.Shared.Rent(frame.Length);
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
        if (_bytes.Length > Retained)
        {
            // Frames of this size are rare: the small array is made again by whoever needs it.
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = new byte[Retained];
        }

        Turn.OfThread.Frames.Return(this);
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
