using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers.Tests.Transports;

/// <summary>The transport over pipes, apart from a connection.</summary>
public sealed class PipeTransportTests
{
    [Fact]
    public async Task Abort_is_harmless_after_the_output_has_completed()
    {
        // A pipe over a stream, as below TLS, used to throw here: on the timer's thread, which ended the process.
        var transport = new PipeTransport(new StreamPipe());
        await transport.CompleteAsync();

        transport.Abort();
        transport.Abort();
    }

    // A hook that the host had given up on read on in memory that the server had taken back, and lent to another connection.
    [Fact]
    public async Task It_is_not_done_with_the_pipes_while_a_hook_has_memory_of_theirs()
    {
        using var host = new PeerHost();
        var mayEnd = Patience.Signal();
        var (server, client) = MemoryTransport.CreatePair();
        var transport = new PipeTransport(server);
        var services = new OneService(new ScriptedHandler { Binary = async (_, _) => await mayEnd.Task });
        var connection = PeerConnection.Create<ScriptedHandler>(host, new(), services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        await client.Output.WriteAsync(MemoryClient.Encode(Opcode.Binary, [1]));
        var run = connection.RunAsync(transport);
        Assert.True(connection.HoldsInput);
        await client.Output.CompleteAsync();

        var done = transport.CompleteAsync().AsTask();
        Assert.False(done.IsCompleted);
        mayEnd.SetResult();
        await done.WaitAsync(Patience.Limit);
        await run.WaitAsync(Patience.Limit);
        Assert.True(transport.CompleteAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_long_frame_is_waited_for_and_taken_as_a_whole()
    {
        var (reads, client, received) = await ServeAsync(new());
        var frame = MemoryClient.Encode(Opcode.Binary, new byte[12_000]);
        for (var i = 0; i < frame.Length; i += 100) await client.Output.WriteAsync(frame.AsMemory(i, Math.Min(100, frame.Length - i)));

        Assert.Equal(12_000, await received.Soon());
        Assert.InRange(reads.Count, 2, 4);
        await client.Output.CompleteAsync();
    }

    [Fact]
    public async Task What_comes_slowly_of_a_long_frame_is_taken_at_the_heartbeat()
    {
        var time = new FakeTimeProvider();
        var (reads, client, _) = await ServeAsync(time);
        var frame = MemoryClient.Encode(Opcode.Text, [.. Enumerable.Repeat((byte)0xFF, 12_000)]);
        await client.Output.WriteAsync(frame.AsMemory(0, 8));
        var taken = reads.Count;
        await client.Output.WriteAsync(frame.AsMemory(8, 1000));
        Assert.Equal(taken, reads.Count);
        time.Advance(TimeSpan.FromMilliseconds(200));

        // Invalid UTF-8 is found in what has come.
        var answer = await client.Input.ReadAsync().AsTask().WaitAsync(Patience.Limit);
        Assert.Equal(0x88, answer.Buffer.FirstSpan[0]);
        await client.Output.CompleteAsync();
    }

    // Everything runs where the client writes, so that reads can be counted.
    private static async Task<(Counting Reads, IDuplexPipe Client, TaskCompletionSource<int> Received)> ServeAsync(FakeTimeProvider time)
    {
        var host = new PeerHost(time);
        var received = Patience.Signal<int>();
        var (server, client) = MemoryTransport.CreatePair(new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
        var reads = new Counting(server.Input);
        var services = new OneService(new ScriptedHandler
        {
            Text = (_, _) => default,
            Binary = (_, payload) =>
            {
                received.SetResult(payload.Length);
                return default;
            },
        });
        var connection = PeerConnection.Create<ScriptedHandler>(host, new(), services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        _ = connection.RunAsync(new PipeTransport(new CountedPipe(reads, server.Output)));
        return (reads, client, received);
    }

    private sealed class CountedPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class Counting(PipeReader reader) : PipeReader
    {
        public int Count { get; private set; }

        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => reader.Complete(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            Count++;
            return reader.ReadAsync(cancellationToken);
        }

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

        protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
        {
            Count++;
            return reader.ReadAtLeastAsync(minimumSize, cancellationToken);
        }
    }

    private sealed class StreamPipe : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(new MemoryStream());

        public PipeWriter Output { get; } = PipeWriter.Create(new MemoryStream());
    }
}
