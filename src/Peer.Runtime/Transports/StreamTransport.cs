using System.IO.Pipelines;
using Peers.Transports;

namespace Peers;

/// <summary>A transport over a stream, such as that of an HTTP/2 CONNECT request (RFC 8441).</summary>
public sealed class StreamTransport : PeerTransport
{
    private const int ReadSize = 16 * 1024;

    // No more is written at once: each write that completes shows that the client reads.
    private const int WriteSize = 8 * 1024;

    private readonly Stream _stream;
    private readonly Func<ValueTask>? _complete;
    private Below _below;
    private readonly CancellationTokenSource _aborted = new();
    private readonly CancellationTokenSource _stopped = new();

    // Write side: what was taken since the last flush.
    private byte[]? _output;
    private int _outputLength;
    private long _written;

    // The buffer that a hook borrowed, until it is released.
    private byte[]? _lent;

    /// <summary>Takes a stream.</summary>
    /// <param name="stream">The stream. It is not disposed.</param>
    /// <param name="complete">Ends the output, or null where the caller does it after the connection has ended.</param>
    /// <param name="abort">Cuts the stream.</param>
    public StreamTransport(Stream stream, Func<ValueTask>? complete, Action abort)
        : this(stream, complete, new Below(abort, static abort => ((Action)abort)()))
    {
    }

    internal StreamTransport(Stream stream, Func<ValueTask>? complete, Below below) => (_stream, _complete, _below) = (stream, complete, below);

    /// <inheritdoc/>
    public override async Task ReadAllAsync(PeerConnection connection)
    {
        var buffer = Buffers.Rent<byte>(ReadSize);
        try
        {
            while (true)
            {
                var length = await _stream.ReadAsync(buffer, _stopped.Token);
                if (length == 0) return;

                var result = connection.Receive(buffer.AsMemory(0, length));
                if (connection.HoldsInput && Volatile.Read(ref _lent) is null) buffer = Lend(buffer, connection);
                if (result == ReceiveResult.Stop) return;
                if (result == ReceiveResult.Pause && await connection.WhenReadable() == ReceiveResult.Stop) return;
            }
        }
        catch (OperationCanceledException) when (!_aborted.IsCancellationRequested)
        {
            // Reading was to stop.
        }
        finally
        {
            Buffers.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public override void ReleaseInput()
    {
        if (Interlocked.Exchange(ref _lent, null) is { } buffer) Buffers.Return(buffer);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        ReserveOutput(bytes.Length);
        bytes.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += bytes.Length;
    }

    /// <inheritdoc/>
    public override async ValueTask<FlushResult> FlushAsync()
    {
        if (_output is null) return default;
        try
        {
            for (var start = 0; start < _outputLength; start += WriteSize)
            {
                var length = Math.Min(_outputLength - start, WriteSize);
                await _stream.WriteAsync(_output.AsMemory(start, length), _aborted.Token);
                Volatile.Write(ref _written, _written + length);
            }

            await _stream.FlushAsync(_aborted.Token);
            return new FlushResult(isCanceled: false, isCompleted: _aborted.IsCancellationRequested);
        }
        finally
        {
            Buffers.Return(_output);
            (_output, _outputLength) = (null, 0);
        }
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync() => _complete?.Invoke() ?? default;

    /// <inheritdoc/>
    public override void StopReading() => _stopped.Cancel();

    /// <inheritdoc/>
    public override void Abort()
    {
        // First: what follows lets the connection end, and with it the request, whose stream is then ended well.
        _below.Cut(this);
        _aborted.Cancel();
        _stopped.Cancel();
    }

    internal override bool TryGetAcknowledged(out long bytes, out bool isOutstanding)
    {
        (bytes, isOutstanding) = (Volatile.Read(ref _written), false);
        return true;
    }

    internal override void LetGo() => _below.LetGo(this);

    // The hook may end before or after this: whoever comes second returns the buffer.
    private byte[] Lend(byte[] buffer, PeerConnection connection)
    {
        Interlocked.Exchange(ref _lent, buffer);
        if (!connection.HoldsInput) ReleaseInput();
        return Buffers.Rent<byte>(ReadSize);
    }

    private void ReserveOutput(int length)
    {
        if (_output is not null && _output.Length - _outputLength >= length) return;

        var bigger = Buffers.Rent<byte>(Math.Max(_outputLength + length, _outputLength * 2));
        if (_output is not null)
        {
            _output.AsSpan(0, _outputLength).CopyTo(bigger);
            Buffers.Return(_output);
        }

        _output = bigger;
    }
}
