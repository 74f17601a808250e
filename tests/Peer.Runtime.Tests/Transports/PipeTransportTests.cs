using System.IO.Pipelines;
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

    private sealed class StreamPipe : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(new MemoryStream());

        public PipeWriter Output { get; } = PipeWriter.Create(new MemoryStream());
    }
}
