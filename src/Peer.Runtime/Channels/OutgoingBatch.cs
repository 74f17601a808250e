namespace Peers.Channels;

/// <summary>Messages in one run of memory, as they wait for the backplane. Used again and again.</summary>
internal sealed class OutgoingBatch
{
    // What a batch keeps between uses, so that a burst does not stay in memory.
    private const int KeptBytes = 64 * 1024;
    private const int KeptEntries = 1024;

    private byte[] _bytes = new byte[KeptBytes];
    private Entry[] _entries = new Entry[KeptEntries];

    public int Count { get; private set; }

    /// <summary>How many bytes wait in it.</summary>
    public int Length { get; private set; }

    /// <summary>Room for one message more, to be filled at once.</summary>
    public Span<byte> Add(OutgoingChannel channel, int length)
    {
        if (_bytes.Length - Length < length) GrowBytes(Length + length);
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        _entries[Count++] = new(channel, Length, length);
        Length += length;
        return _bytes.AsSpan(Length - length, length);
    }

    public (OutgoingChannel Channel, ReadOnlyMemory<byte> Message) this[int index]
    {
        get
        {
            var entry = _entries[index];
            return (entry.Channel, _bytes.AsMemory(entry.Start, entry.Length));
        }
    }

    /// <summary>Empties it. Nobody uses its memory any more.</summary>
    public void Clear()
    {
        Array.Clear(_entries, 0, Count);
        (Count, Length) = (0, 0);
        if (_entries.Length > KeptEntries) _entries = new Entry[KeptEntries];
        if (_bytes.Length == KeptBytes) return;
        Buffers.Return(_bytes);
        _bytes = new byte[KeptBytes];
    }

    private void GrowBytes(int needed)
    {
        var bigger = Buffers.Rent<byte>(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, Length).CopyTo(bigger);
        if (_bytes.Length != KeptBytes) Buffers.Return(_bytes);
        _bytes = bigger;
    }

    private readonly record struct Entry(OutgoingChannel Channel, int Start, int Length);
}
