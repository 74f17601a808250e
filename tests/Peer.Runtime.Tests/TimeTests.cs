using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>What time does to a connection. The clock is the test's.</summary>
public sealed class TimeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PeerHost _host;
    private readonly TaskCompletionSource<CloseEvent> _closed = Patience.Signal<CloseEvent>();

    public TimeTests() => _host = new(_time);

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_silent_client_is_pinged_and_lost_when_it_does_not_answer()
    {
        await using var client = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(5) });
        Pass(seconds: 11);
        Assert.Equal(FrameEvent.Ping, (await client.ReceiveAsync()).Kind);
        Assert.False(_closed.Task.IsCompleted);

        Pass(seconds: 6);
        Assert.Equal(CloseCode.Abnormal, (await _closed.Soon()).Code);
    }

    [Fact]
    public async Task A_client_that_answers_pings_stays()
    {
        await using var client = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(5) });
        for (var i = 0; i < 5; i++)
        {
            Pass(seconds: 11);
            Assert.Equal(FrameEvent.Ping, (await client.ReceiveAsync()).Kind);
            await client.SendAsync(Opcode.Pong, []);
            await client.SendAsync(Opcode.Ping, []);
            Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
        }

        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Fact]
    public async Task A_close_frame_that_is_not_answered_ends_in_a_cut_and_the_hook_sees_the_code_that_was_sent()
    {
        await using var client = await ConnectAsync(new() { CloseTimeout = TimeSpan.FromSeconds(3) });
        client.Peer.Close((CloseCode)4000);
        Assert.Equal((CloseCode)4000, await client.ReceiveCloseAsync());
        Pass(seconds: 2.5);
        Assert.False(_closed.Task.IsCompleted);

        Pass(seconds: 1);
        Assert.Equal(new CloseEvent((CloseCode)4000, "", WasClean: false, CloseInitiator.Local), await _closed.Soon());
    }

    [Fact]
    public async Task After_a_protocol_error_the_connection_ends_within_a_second_even_if_the_client_goes_on_sending()
    {
        await using var client = await ConnectAsync(new());
        await client.SendRawAsync([0xF1, 0x80, 0, 0, 0, 0]);
        Assert.Equal(CloseCode.ProtocolError, await client.ReceiveCloseAsync());
        await client.SendRawAsync(new byte[1000]);

        Pass(seconds: 1);
        Assert.Equal(CloseCode.ProtocolError, (await _closed.Soon()).Code);
    }

    [Fact]
    public async Task Close_all_gives_up_on_a_hook_that_never_ends()
    {
        var handler = new ScriptedHandler { Open = _ => new(Task.Delay(Timeout.Infinite, CancellationToken.None)) };
        var client = await MemoryClient.ConnectAsync(_host, handler);
        var closing = _host.CloseAllAsync(timeout: TimeSpan.FromSeconds(10));
        Assert.Equal(CloseCode.ServiceRestart, await client.ReceiveCloseAsync());
        Assert.False(closing.IsCompleted);
        Pass(seconds: 11);

        await closing.WaitAsync(Patience.Limit);
        await client.Run.WaitAsync(Patience.Limit);
        Assert.Equal(0, _host.PeerCount);
    }

    // The handler used to be disposed under the hook's feet, and the close hook ran on it afterwards.
    [Fact]
    public async Task A_hook_that_was_given_up_keeps_its_handler_until_it_ends_and_then_the_close_hook_runs()
    {
        var mayEnd = Patience.Signal();
        ScriptedHandler? handler = null;
        handler = new ScriptedHandler
        {
            Open = _ => new(mayEnd.Task),
            Close = (_, close) =>
            {
                Assert.Equal(0, handler!.DisposeCount);
                _closed.SetResult(close);
                return default;
            },
        };
        var client = await MemoryClient.ConnectAsync(_host, handler, new() { CloseTimeout = Timeout.InfiniteTimeSpan });
        await GiveUpAsync();
        await client.Run.WaitAsync(Patience.Limit);
        Assert.Equal(0, handler.DisposeCount);
        Assert.False(_closed.Task.IsCompleted);

        mayEnd.SetResult();
        Assert.Equal(CloseCode.Abnormal, (await _closed.Soon()).Code);
        await handler.WhenDisposed.WaitAsync(Patience.Limit);
        Assert.Equal(1, handler.DisposeCount);
    }

    private async Task GiveUpAsync()
    {
        var closing = _host.CloseAllAsync(timeout: TimeSpan.FromSeconds(10));
        Pass(seconds: 11);
        await closing.WaitAsync(Patience.Limit);
    }

    // In steps, as time passes: between two of them the heartbeat sees what came.
    private void Pass(double seconds)
    {
        for (var passed = 0.0; passed < seconds; passed += 0.1) _time.Advance(TimeSpan.FromSeconds(0.1));
    }

    private Task<MemoryClient> ConnectAsync(PeerOptions options) => MemoryClient.ConnectAsync(_host, new ScriptedHandler
    {
        Close = (_, close) => { _closed.TrySetResult(close); return default; },
    }, options);
}
