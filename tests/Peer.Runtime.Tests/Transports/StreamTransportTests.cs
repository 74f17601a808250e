using System.Buffers;
using System.Runtime.InteropServices;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests.Transports;

/// <summary>A connection over a stream, as that of an HTTP/2 request.</summary>
public sealed class StreamTransportTests : IDisposable
{
    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    // The buffer went back to the pool as soon as reading stopped, while the hook that had borrowed it was still pending.
    [Fact]
    public async Task What_a_hook_has_borrowed_stays_its_own_when_a_close_frame_came_right_behind()
    {
        var borrowed = Patience.Signal<ReadOnlyMemory<byte>>();
        var mayEnd = Patience.Signal();
        using var stream = new ScriptedStream([.. MemoryClient.Encode(Opcode.Binary, [1, 2, 3]), .. MemoryClient.Encode(Opcode.Close, [0x03, 0xE8])]);
        var run = await RunAsync(stream, new ScriptedHandler
        {
            Binary = async (_, payload) =>
            {
                borrowed.SetResult(payload);
                await mayEnd.Task;
            },
        });
        Assert.True(MemoryMarshal.TryGetArray(await borrowed.Soon(), out var lent));

        // Of this size the pool gives this thread what it returned last.
        var next = ArrayPool<byte>.Shared.Rent(lent.Array!.Length);

        Assert.NotSame(lent.Array, next);
        mayEnd.SetResult();
        await run.WaitAsync(Patience.Limit);
    }

    // Reading ended in an OperationCanceledException of our own making, which the error hook got to see as a failure of the transport.
    [Fact]
    public async Task Terminating_is_no_failure_of_the_transport()
    {
        PeerError? failure = null;
        var opened = Patience.Signal<Peer>();
        var closed = Patience.Signal<CloseEvent>();
        using var stream = new ScriptedStream();
        var run = await RunAsync(stream, new ErrorHandler
        {
            Open = peer =>
            {
                opened.SetResult(peer);
                return default;
            },
            Error = (_, error) =>
            {
                failure = error;
                return default;
            },
            Close = (_, close) =>
            {
                closed.SetResult(close);
                return default;
            },
        });
        (await opened.Soon()).Terminate();

        Assert.Equal(CloseCode.Abnormal, (await closed.Soon()).Code);
        Assert.Null(failure);
        await run.WaitAsync(Patience.Limit);
    }

    private async Task<Task> RunAsync<THandler>(Stream stream, THandler handler) where THandler : Script, IPeerHandler<THandler>
    {
        var services = new OneService(handler);
        var connection = PeerConnection.Create<THandler>(_host, new(), services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        return connection.RunAsync(new StreamTransport(stream, complete: null, abort: () => { }));
    }

    /// <summary>Reads come at once, one piece each; then nothing comes any more. What is written is lost.</summary>
    private sealed class ScriptedStream(params byte[][] pieces) : Stream
    {
        private int _next;

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_next == pieces.Length) await Task.Delay(Timeout.Infinite, cancellationToken);
            var piece = pieces[_next++];
            piece.CopyTo(buffer);
            return piece.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
