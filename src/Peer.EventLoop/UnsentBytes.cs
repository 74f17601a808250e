using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Peers;

/// <summary>What a socket did not take at once, and the wait for it. Used again and again by one connection, by one side at a time.</summary>
/// <param name="completesElsewhere">Whether what waited goes on on the thread pool, not on the loop.</param>
internal sealed class UnsentBytes(bool completesElsewhere) : IValueTaskSource<FlushResult>
{
    private ManualResetValueTaskSourceCore<FlushResult> _sent = new() { RunContinuationsAsynchronously = completesElsewhere };
    private byte[]? _bytes;
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Appends a copy.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes is null || _bytes.Length - _end < bytes.Length) Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Drops what was sent.</summary>
    public void Take(int count) => _start += count;

    /// <summary>Completes by <see cref="Complete"/>.</summary>
    public ValueTask<FlushResult> WhenSent() => new(this, _sent.Version);

    /// <summary>Everything was sent, or the connection is lost. Holds no memory afterwards.</summary>
    public void Complete(bool isLost)
    {
        if (_bytes is not null) Buffers.Return(_bytes);
        (_bytes, _start, _end) = (null, 0, 0);
        _sent.SetResult(new FlushResult(isCanceled: false, isCompleted: isLost));
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        var result = _sent.GetResult(token);
        _sent.Reset();
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _sent.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _sent.OnCompleted(continuation, state, token, flags);

    private void Grow(int length)
    {
        var waiting = _end - _start;
        var bigger = Buffers.Rent<byte>(Math.Max(waiting + length, waiting * 2));
        Bytes.CopyTo(bigger);
        if (_bytes is not null) Buffers.Return(_bytes);
        (_bytes, _start, _end) = (bigger, 0, waiting);
    }
}
