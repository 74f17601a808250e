using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>When reading stops beside a pending hook, and what lets it go on. The test is the transport.</summary>
public sealed class PauseTests : IDisposable
{
    private readonly PeerHost _host = new();
    private readonly HandFedTransport _transport = new();
    private readonly TaskCompletionSource _mayEnd = Patience.Signal();

    public void Dispose() => _host.Dispose();

    // The reader was let go before it waited, waited then for the hook, and that for the token which the end of reading cancels.
    [Fact]
    public async Task A_peer_that_is_terminated_between_the_pause_and_the_wait_for_its_end_is_not_waited_for()
    {
        var (connection, run) = await RunAsync(new ScriptedHandler { Text = async (peer, _) => await Task.Delay(Timeout.Infinite, peer.Closed) }, new() { MaxPendingBytes = 10 });
        connection.Receive(MemoryClient.Encode("pending"));
        Assert.Equal(ReceiveResult.Pause, connection.Receive(MemoryClient.Encode("waits, and is more than may wait")));
        connection.Peer.Terminate();

        await connection.WhenReadable().WaitAsync(Patience.Limit);
        _transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    // It threw at whoever had sent, or from the heartbeat's timer, which ends the process; and the reader was not let go.
    [Fact]
    public async Task A_transport_that_cannot_even_be_cut_throws_at_nobody_and_lets_the_reader_go()
    {
        _transport.FailsToAbort = true;
        var (connection, run) = await RunAsync(new ScriptedHandler { Text = async (peer, _) => await Task.Delay(Timeout.Infinite, peer.Closed) }, new() { MaxPendingBytes = 10 });
        connection.Receive(MemoryClient.Encode("pending"));
        Assert.Equal(ReceiveResult.Pause, connection.Receive(MemoryClient.Encode("waits, and is more than may wait")));
        var readable = connection.WhenReadable();
        connection.Peer.Terminate();

        await readable.WaitAsync(Patience.Limit);
        _transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    // Pongs wait for no hook and cost nothing; but what was read behind a borrowed payload stays in the pipe until that is given back.
    [Fact]
    public async Task What_comes_behind_a_borrowed_payload_counts_as_waiting()
    {
        var (connection, run) = await RunAsync(new ScriptedHandler { Binary = async (_, _) => await _mayEnd.Task }, new() { MaxPendingBytes = 1000 });
        Assert.Equal(ReceiveResult.Continue, connection.Receive(MemoryClient.Encode(Opcode.Binary, new byte[2000])));
        Assert.True(connection.HoldsInput);
        Assert.Equal(ReceiveResult.Continue, connection.Receive(Pongs(10)));
        Assert.Equal(ReceiveResult.Pause, connection.Receive(Pongs(10)));

        var readable = connection.WhenReadable();
        Assert.False(readable.IsCompleted);
        _mayEnd.SetResult();
        Assert.Equal(ReceiveResult.Continue, await readable.WaitAsync(Patience.Limit));
        Assert.Equal(ReceiveResult.Continue, connection.Receive(Pongs(20)));
        _transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    private static byte[] Pongs(int count)
    {
        var pong = MemoryClient.Encode(Opcode.Pong, new byte[94]);
        return [.. Enumerable.Repeat(pong, count).SelectMany(bytes => bytes)];
    }

    private async Task<(PeerConnection Connection, Task Run)> RunAsync(ScriptedHandler handler, PeerOptions options)
    {
        var services = new OneService(handler);
        var connection = PeerConnection.Create<ScriptedHandler>(_host, options, services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        return (connection, connection.RunAsync(_transport));
    }
}
