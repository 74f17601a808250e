using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Peers.Transports;

namespace Peers;

/// <summary>A connection as the server sees it, until it is detached: HTTP, TLS and all that flow through two pipes.</summary>
internal sealed class HttpConnection : DefaultConnectionContext, IDetachableConnection
{
    private const int MinimumRead = 2048;

    // The loop writes what it reads and must not run the server's code; the server's thread may send.
    private static readonly PipeOptions s_input = new(readerScheduler: PipeScheduler.ThreadPool, writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false);
    private static readonly PipeOptions s_output = new(readerScheduler: PipeScheduler.ThreadPool, writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false);

    private static long s_lastId;

    private readonly LoopConnection _connection;
    private readonly IDuplexPipe _pipes;
    private readonly Pipe _input = new(s_input);
    private readonly Pipe _output = new(s_output);
    private readonly CancellationTokenSource _closed = new();
    private Task _sending = Task.CompletedTask;
    private bool _isInputEnded;
    private bool _isDetached;

    public HttpConnection(LoopConnection connection) : base(CreateId())
    {
        _connection = connection;
        Transport = _pipes = new Pipes(_input.Reader, _output.Writer);
        ConnectionClosed = _closed.Token;
        Features.Set<IDetachableConnection>(this);
        Features.Set<IAcknowledgements>(connection);
    }

    /// <summary>Begins to send what the server writes.</summary>
    public void Start() => _sending = SendAsync();

    /// <inheritdoc/>
    public bool Owns(IDuplexPipe pipe) => ReferenceEquals(pipe, _pipes);

    /// <inheritdoc/>
    public async Task DetachAsync(PeerConnection connection, Action<PeerTransport> run)
    {
        _output.Reader.CancelPendingRead();
        await _sending;
        var detached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connection.Loop.Post(_ => Detach(connection, run, detached), _connection);
        await detached.Task;
    }

    /// <summary>Reads once into the server's pipe. Loop thread.</summary>
    public void ReadFrom(LoopConnection connection)
    {
        var length = connection.Receive(_input.Writer.GetSpan(MinimumRead));
        if (length < 0) return;
        if (length == 0)
        {
            EndInput(exception: null);
            connection.SetReading(false);
            return;
        }

        _input.Writer.Advance(length);
        var flush = _input.Writer.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            if (flush.Result.IsCompleted) connection.SetReading(false);
            return;
        }

        connection.SetReading(false);
        _ = ResumeAsync(flush);
    }

    /// <summary>The connection is gone. Loop thread.</summary>
    public void Lose() => EndInput(new ConnectionResetException("The connection was reset."));

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _connection.Abort();
        _output.Reader.CancelPendingRead();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.Writer.CompleteAsync();
        await _sending;
        if (!_isDetached) await _connection.CompleteAsync();
        await base.DisposeAsync();
    }

    private static string CreateId() => Interlocked.Increment(ref s_lastId).ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    private void Detach(PeerConnection connection, Action<PeerTransport> run, TaskCompletionSource detached)
    {
        try
        {
            _isDetached = true;
            _connection.Detach(connection, TakeInput(), transport => RunPeer(connection, transport, run));
            detached.TrySetResult();
        }
        catch (Exception exception)
        {
            // The socket is then closed when the server disposes the connection.
            _isDetached = false;
            _connection.Abort();
            detached.TrySetException(exception);
        }
    }

    // The listener closed the peers that were open when it stopped listening; this one may have opened later.
    private void RunPeer(PeerConnection connection, PeerTransport transport, Action<PeerTransport> run)
    {
        run(transport);
        if (_connection.Listener.IsUnbound) connection.Peer.Close(CloseCode.ServiceRestart);
    }

    // Nobody else reads the pipe now; what the server has not read is the peer's.
    private byte[] TakeInput()
    {
        // A pipe that ended with an error gives nothing more, and throws.
        if (_connection.IsLost) return [];
        _isInputEnded = true;
        _input.Writer.Complete();
        if (!_input.Reader.TryRead(out var read)) return [];
        var rest = read.Buffer.ToArray();
        _input.Reader.AdvanceTo(read.Buffer.End);
        return rest;
    }

    private async Task ResumeAsync(ValueTask<FlushResult> flush)
    {
        var result = await flush.ConfigureAwait(false);
        if (!result.IsCompleted) _connection.Loop.Post(static connection => ((LoopConnection)connection).ResumeHttp(), _connection);
    }

    private void EndInput(Exception? exception)
    {
        if (_isInputEnded) return;
        _isInputEnded = true;
        _input.Writer.Complete(exception);
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    private async Task SendAsync()
    {
        try
        {
            ReadResult read;
            FlushResult flush;
            do
            {
                read = await _output.Reader.ReadAsync().ConfigureAwait(false);
                foreach (var segment in read.Buffer) _connection.Send(segment.Span);
                flush = await _connection.FlushAsync().ConfigureAwait(false);
                _output.Reader.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCanceled && !read.IsCompleted && !flush.IsCompleted);
        }
        finally
        {
            await _output.Reader.CompleteAsync();
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
