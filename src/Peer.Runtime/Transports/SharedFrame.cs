namespace Peers.Transports;

/// <summary>Bytes that wait for many peers at once: a frame, or several short ones in a row. Encoded once, counted, and given back by the last who wrote them.</summary>
internal sealed class SharedFrame
{
    /// <summary>Bytes that a waiting frame takes besides its own.</summary>
    public const int Overhead = 128;

    private const int MaxForms = 7;

    // Frames up to the largest of these keep their bytes from one use to the next. Several, so that a short frame that waits does not hold a long array.
    private static readonly int[] s_sizes = [128, 384, 1024 + FrameHeaderLength, 4 * 1024, LongestRow];

    // Of each size, how many are kept for all threads together.
    private static readonly int[] s_kept = [2048, 2048, 2048, 512, 128];

    // Frames in a row are no longer than this, and no more.
    private const int LongestRow = 16 * 1024;
    private const int MostInRow = 256;
    private const int FirstParts = 16;

    // RFC 6455 §5.2: the longest header that a server writes.
    private const int FrameHeaderLength = 10;

    private readonly int _size;
    private byte[] _bytes;
    private int _references;
    private int _headerLength;

    // Other forms of the same message, by number; this frame itself where it is as good. Set while it is published, by one thread.
    private SharedFrame?[]? _forms;
    private bool _hasForms;

    // Where the frames of a row end, and each by itself where somebody needs that.
    private Part[]? _parts;
    private SharedFrame[]? _single;

    // What is counted of it, where somebody counts.
    private CountedRun[] _runs = [];
    private int _runCount;

    private SharedFrame(int size, byte[] bytes) => (_size, _bytes) = (size, bytes);

    /// <summary>How many frames of each size are kept for all threads together.</summary>
    public static ReadOnlySpan<int> Kept => s_kept;

    private static int Sizes => s_sizes.Length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public ReadOnlySpan<byte> Payload => Bytes[_headerLength..];

    public int Length { get; private set; }

    /// <summary>How many frames stand here in a row, each a whole message.</summary>
    public int Count { get; private set; }

    /// <summary>The length of the longest payload.</summary>
    public int LongestPayload { get; private set; }

    /// <summary>Whether the publisher asked for compressed forms.</summary>
    public bool Compress { get; private set; }

    /// <summary>The channel that it was published to.</summary>
    public string Channel { get; private set; } = "";

    /// <summary>Whether deliveries are counted.</summary>
    public bool IsCounted => _runCount > 0;

    /// <summary>What each delivery is counted as, in the order of the messages.</summary>
    public ReadOnlySpan<CountedRun> Runs => _runs.AsSpan(0, _runCount);

    /// <summary>Copies a frame. The caller owns one reference and gives it back with <see cref="Release"/>.</summary>
    public static SharedFrame Create(string channel, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, bool compress = false, string? countedAs = null)
    {
        var frame = Rent(header.Length + payload.Length);
        (frame.Channel, frame.Length, frame._references) = (channel, header.Length + payload.Length, 1);
        (frame._headerLength, frame.Compress, frame.Count, frame.LongestPayload) = (header.Length, compress, 1, payload.Length);
        frame._runCount = 0;
        frame.Note(countedAs, payload.Length);
        header.CopyTo(frame._bytes);
        payload.CopyTo(frame._bytes.AsSpan(header.Length));
        return frame;
    }

    /// <summary>Puts another frame behind, before anybody else has a reference.</summary>
    /// <param name="row">The row, exchanged for a larger one where it is full.</param>
    /// <param name="header">The header of the frame.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="countedAs">What each delivery is counted as; null where nobody counts.</param>
    /// <returns>False where the row would be too long.</returns>
    public static bool TryExtend(ref SharedFrame row, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, string? countedAs = null)
    {
        var length = row.Length + header.Length + payload.Length;
        if (length > LongestRow || row.Count == MostInRow || (countedAs is null) != (row._runCount == 0)) return false;
        if (length > row._bytes.Length) Grow(ref row, length);
        if (row.Count == 1) row.AddPart(row.Length, row._headerLength, index: 0);
        header.CopyTo(row._bytes.AsSpan(row.Length));
        payload.CopyTo(row._bytes.AsSpan(row.Length + header.Length));
        row.AddPart(length, header.Length, row.Count);
        row.Length = length;
        row.Count++;
        row.LongestPayload = Math.Max(row.LongestPayload, payload.Length);
        row.Note(countedAs, payload.Length);
        return true;
    }

    /// <summary>The frames of a row, each by itself; they live as long as it does. Under the channel's lock.</summary>
    public ReadOnlySpan<SharedFrame> Split()
    {
        if (_single is not null) return _single;
        var single = new SharedFrame[Count];
        var start = 0;
        for (var i = 0; i < single.Length; i++)
        {
            var (end, header) = (_parts![i].End, start + _parts[i].HeaderLength);
            single[i] = Create(Channel, Bytes[start..header], Bytes[header..end], countedAs: TypeAt(i));
            start = end;
        }

        return _single = single;
    }

    /// <summary>The length of the frame that begins there.</summary>
    public int LengthAt(int start)
    {
        if (Count == 1) return Length;
        var i = 0;
        while (_parts![i].End <= start) i++;
        return _parts[i].End - start;
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
        if (_single is not null) ReleaseSingle();
        if (_size < Sizes)
        {
            Turn.OfThread.Frames[_size].Return(this);
            return;
        }

        // Frames of this size are rare enough to be made again.
        Buffers.Return(_bytes);
        _bytes = [];
    }

    private static SharedFrame Rent(int length)
    {
        var size = 0;
        while (size < Sizes && length > s_sizes[size]) size++;
        if (size == Sizes) return new(size, Buffers.Rent<byte>(length));
        return Turn.OfThread.Frames[size].TryRent(out var frame) ? frame : new(size, new byte[s_sizes[size]]);
    }

    private static void Grow(ref SharedFrame row, int length)
    {
        var bigger = Rent(Math.Min(length * 2, LongestRow));
        (bigger.Channel, bigger.Length, bigger._references) = (row.Channel, row.Length, 1);
        (bigger._headerLength, bigger.Compress, bigger.Count, bigger.LongestPayload) = (row._headerLength, row.Compress, row.Count, row.LongestPayload);
        row.Bytes.CopyTo(bigger._bytes);
        bigger.CopyList(row);
        row.Release();
        row = bigger;
    }

    // Each frame keeps its own lists: exchanged, the long ones would go to the short frames, one after the other, and be made anew for the long.
    private void CopyList(SharedFrame row)
    {
        if (row.Count > 1)
        {
            if (_parts is null || _parts.Length < row.Count) _parts = new Part[row._parts!.Length];
            row._parts.AsSpan(0, row.Count).CopyTo(_parts);
        }

        if (_runs.Length < row._runCount) _runs = new CountedRun[row._runs.Length];
        row.Runs.CopyTo(_runs);
        _runCount = row._runCount;
    }

    private void AddPart(int end, int headerLength, int index)
    {
        _parts ??= new Part[FirstParts];
        if (index == _parts.Length) Array.Resize(ref _parts, index * 2);
        _parts[index] = new((ushort)end, (byte)headerLength);
    }

    private void Note(string? countedAs, int length)
    {
        if (countedAs is null) return;
        if (_runCount == 0 || !ReferenceEquals(_runs[_runCount - 1].Type, countedAs))
        {
            if (_runCount == _runs.Length) Array.Resize(ref _runs, Math.Max(4, _runCount * 2));
            _runs[_runCount++] = new(countedAs, 0, 0);
        }

        ref var run = ref _runs[_runCount - 1];
        run = run with { Messages = run.Messages + 1, Bytes = run.Bytes + length };
    }

    /// <summary>What a message of the row is counted as, by its place; null where nobody counts.</summary>
    public string? TypeAt(int message)
    {
        foreach (var run in Runs)
        {
            if (message < run.Messages) return run.Type;
            message -= run.Messages;
        }

        return null;
    }

    private void ReleaseSingle()
    {
        foreach (var frame in _single!) frame.Release();
        _single = null;
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

    private readonly record struct Part(ushort End, byte HeaderLength);
}

/// <summary>Published messages of one type in a row.</summary>
/// <param name="Type">What they are counted as.</param>
/// <param name="Messages">How many.</param>
/// <param name="Bytes">Their payload.</param>
internal readonly record struct CountedRun(string Type, int Messages, int Bytes);
