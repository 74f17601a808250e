using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Peers.Transports;

namespace Peers;

/// <summary>A transport over a pair of pipes: a connection's own after an HTTP/1.1 upgrade (TLS too), or one in memory.</summary>
public sealed class PipeTransport : PeerTransport
{
    // A long frame is waited for, because every piece of it that is taken costs a wake-up; what comes slowly is taken at the heartbeat.
    private const int WorthWaiting = 4 * 1024;
    private const int LongestWait = 16 * 1024;

    private readonly IDuplexPipe _pipe;
    private readonly IAcknowledgements? _acknowledgements;
    private Below _below;

    // How much of what stands at the front of the input has been received already, but is lent to a hook. Read loop only.
    private int _received;
    private volatile bool _isStopped;
    private volatile bool _isWaiting;

    // Whose bytes they are, and what completes when a hook gives back what it has borrowed; made when somebody waits for that.
    private PeerConnection? _connection;
    private TaskCompletionSource? _released;

    /// <summary>Takes a pair of pipes.</summary>
    /// <param name="pipe">The pipes. Payloads are unmasked in the input's own buffers.</param>
    /// <param name="abort">Cuts the connection below the pipes, or null where there is nothing below.</param>
    public PipeTransport(IDuplexPipe pipe, Action? abort = null)
        : this(pipe, new Below(abort, static abort => ((Action)abort)()))
    {
    }

    internal PipeTransport(IDuplexPipe pipe, Below below, IAcknowledgements? acknowledgements = null)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        (_pipe, _below, _acknowledgements) = (pipe, below, acknowledgements);
    }

    /// <inheritdoc/>
    public override async Task ReadAllAsync(PeerConnection connection)
    {
        ReceiveResult result;
        do
        {
            result = Take(await ReadAsync(connection));
            if (result == ReceiveResult.Pause) result = await connection.WhenReadable();
        }
        while (result == ReceiveResult.Continue);
    }

    // A step of ReadAllAsync, for whoever has a task already for as long as the peer is there: read, take, and wait where the connection wants a pause.
    internal ValueTask<ReadResult> ReadAsync(PeerConnection connection)
    {
        _connection = connection;
        var missing = connection.MissingPayload;
        if (missing < WorthWaiting) return _pipe.Input.ReadAsync();
        _isWaiting = true;
        connection.Attend();
        return _pipe.Input.ReadAtLeastAsync(_received + (int)Math.Min(missing, LongestWait));
    }

    internal ReceiveResult Take(ReadResult read)
    {
        var result = _isStopped ? ReceiveResult.Stop : Receive(read.Buffer);
        _isWaiting = false;
        return result == ReceiveResult.Continue && read.IsCompleted ? ReceiveResult.Stop : result;
    }

    /// <inheritdoc/>
    public override void ReleaseInput()
    {
        Interlocked.CompareExchange(ref _released, null, null)?.TrySetResult();
        _pipe.Input.CancelPendingRead();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes) => _pipe.Output.Write(bytes);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync() => _pipe.Output.FlushAsync();

    /// <summary>Ends the output, and waits until no hook has memory of the input: whoever owns the pipes takes it back when the connection has ended.</summary>
    public override async ValueTask CompleteAsync()
    {
        try
        {
            await _pipe.Output.CompleteAsync();
        }
        finally
        {
            await WhenReleased();
        }
    }

    /// <inheritdoc/>
    public override void StopReading()
    {
        _isStopped = true;
        _pipe.Input.CancelPendingRead();
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _below.Cut(this);
        StopReading();
        try
        {
            _pipe.Output.CancelPendingFlush();
        }
        catch (ObjectDisposedException)
        {
            // A writer over a stream, as below TLS, cannot be cancelled once it has completed; nothing is left to cancel then.
        }
    }

    internal override bool TryGetAcknowledged(out long bytes, out bool isOutstanding)
    {
        if (_acknowledgements is not null) return _acknowledgements.TryRead(out bytes, out isOutstanding);
        return base.TryGetAcknowledged(out bytes, out isOutstanding);
    }

    internal override void TakeWhatCame()
    {
        if (_isWaiting) _pipe.Input.CancelPendingRead();
    }

    internal override void LetGo() => _below.LetGo(this);

    // Either this sees that nothing is lent, or ReleaseInput sees who waits: both exchange in between.
    private Task WhenReleased()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        released = Interlocked.CompareExchange(ref _released, released, null) ?? released;
        return _connection is { HoldsInput: true } ? released.Task : Task.CompletedTask;
    }

    private ReceiveResult Receive(ReadOnlySequence<byte> buffer)
    {
        var connection = _connection!;
        // One turn for all segments: what they cause goes out together.
        using var turn = Turn.Enter();
        var result = ReceiveResult.Continue;
        foreach (var segment in buffer.Slice(_received))
        {
            if (segment.IsEmpty) continue;
            result = connection.Receive(MemoryMarshal.AsMemory(segment));
            _received += segment.Length;
            if (result != ReceiveResult.Continue) break;
        }

        Advance(connection.HoldsInput, buffer);
        return result;
    }

    // What is lent stays at the front of the pipe, examined but not consumed.
    private void Advance(bool isLent, ReadOnlySequence<byte> buffer)
    {
        var received = buffer.GetPosition(_received);
        if (isLent)
        {
            _pipe.Input.AdvanceTo(buffer.Start, received);
            return;
        }

        _received = 0;
        _pipe.Input.AdvanceTo(received);
    }
}
