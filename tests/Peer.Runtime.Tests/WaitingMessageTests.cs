using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>Messages that wait behind a pending hook when the connection ends: no client and no network can make Peer lose them, only the application.</summary>
public sealed class WaitingMessageTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PeerHost _host;
    private readonly TaskCompletionSource _mayGoOn = Patience.Signal();
    private readonly TaskCompletionSource _closed = Patience.Signal();
    private readonly List<string> _events = [];

    public WaitingMessageTests() => _host = new(_time);

    public void Dispose() => _host.Dispose();

    public static TheoryData<string, int> EveryBreach { get; } = new()
    {
        { "F18000000000", 1002 },
        { "818100000000FF", 1007 },
        { "82FF000000000001000100000000", 1009 },
        { "888100000000FF", 1002 },
    };

    // They used to be dropped: a message was answered or not by how fast the hook before it was.
    [Theory]
    [MemberData(nameof(EveryBreach))]
    public async Task When_the_client_breaks_the_protocol_they_reach_their_hooks_before_the_close_hook(string breach, int code)
    {
        await using var client = await ConnectAsync();
        await client.SendRawAsync([.. Messages("one", "two", "three"), .. Convert.FromHexString(breach), .. Messages("late")]);
        Assert.Equal((CloseCode)code, await client.ReceiveCloseAsync());
        await client.DropAsync();
        _mayGoOn.SetResult();

        await AssertEventsAsync("one", "two", "three", $"close {code}");
    }

    [Fact]
    public async Task When_the_client_sends_what_no_hook_takes_they_reach_their_hooks()
    {
        await using var client = await ConnectAsync<TextHandler>(new TextHandler { Text = HearAsync, Close = CloseAsync });
        await client.SendRawAsync([.. Messages("one", "two"), .. MemoryClient.Encode(Opcode.Binary, [1]), .. Messages("late")]);
        Assert.Equal(CloseCode.UnsupportedData, await client.ReceiveCloseAsync());
        await client.CloseAsync(CloseCode.UnsupportedData);
        _mayGoOn.SetResult();

        await AssertEventsAsync("one", "two", "close 1003");
    }

    [Fact]
    public async Task When_the_client_reads_too_slowly_they_reach_their_hooks()
    {
        await using var client = await ConnectAsync(new() { MaxBufferedBytes = 1000 }, new(pauseWriterThreshold: 100, resumeWriterThreshold: 50));
        await client.SendRawAsync(Messages("one", "two"));
        await client.SendAsync(Opcode.Ping, []);
        Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
        client.Peer.Subscribe("room");
        while (client.Peer.ReadyState == ReadyState.Open) _host.Publish("room", new string('x', 200));
        await client.DropAsync();
        _mayGoOn.SetResult();

        await AssertEventsAsync("one", "two", "close 1013");
    }

    [Fact]
    public async Task When_the_client_falls_silent_they_reach_their_hooks()
    {
        await using var client = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(5) });
        await client.SendRawAsync(Messages("one", "two"));
        await client.SendAsync(Opcode.Ping, []);
        Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
        for (var passed = 0; passed < 200; passed++) _time.Advance(TimeSpan.FromSeconds(0.1));
        _mayGoOn.SetResult();

        await AssertEventsAsync("one", "two", "close 1006");
    }

    [Fact]
    public async Task When_the_connection_is_lost_they_reach_their_hooks()
    {
        await using var client = await ConnectAsync();
        await client.SendRawAsync(Messages("one", "two"));
        await client.DropAsync();
        _mayGoOn.SetResult();

        await AssertEventsAsync("one", "two", "close 1006");
    }

    public static TheoryData<string> EveryOwnEnd { get; } = ["close", "terminate", "close all", "close after a breach", "close after the client's close", "terminate after a breach"];

    [Theory]
    [MemberData(nameof(EveryOwnEnd))]
    public async Task When_the_application_ends_the_peer_they_reach_no_hook(string end)
    {
        await using var client = await ConnectAsync();
        await client.SendRawAsync(Messages("one", "two"));
        if (end.EndsWith("breach", StringComparison.Ordinal)) await client.SendRawAsync([0xF1, 0x80, 0, 0, 0, 0]);
        else if (end.EndsWith("client's close", StringComparison.Ordinal)) await client.CloseAsync();
        else await client.SendAsync(Opcode.Ping, []);
        await client.ReceiveAsync();
        if (end.StartsWith("terminate", StringComparison.Ordinal)) client.Peer.Terminate();
        else if (end == "close all") _ = _host.CloseAllAsync();
        else client.Peer.Close();
        await client.DropAsync();
        _mayGoOn.SetResult();
        await _closed.Soon();

        Assert.Equal("one", _events[0]);
        Assert.StartsWith("close ", _events[1], StringComparison.Ordinal);
        Assert.Equal(2, _events.Count);
    }

    [Fact]
    public async Task When_the_hook_before_them_fails_they_reach_no_hook_although_the_client_left_by_itself()
    {
        await using var client = await ConnectAsync<ScriptedHandler>(new ScriptedHandler
        {
            Text = async (peer, text) =>
            {
                await HearAsync(peer, text);
                throw new InvalidOperationException();
            },
            Close = CloseAsync,
        });
        await client.SendRawAsync(Messages("one", "two"));
        await client.CloseAsync();
        await client.ReceiveCloseAsync();
        _mayGoOn.SetResult();

        await AssertEventsAsync("one", "close 1000");
    }

    private Task<MemoryClient> ConnectAsync(PeerOptions? options = null, PipeOptions? pipes = null) =>
        MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = HearAsync, Close = CloseAsync }, options, pipes: pipes);

    private Task<MemoryClient> ConnectAsync<THandler>(THandler handler) where THandler : Script, IPeerHandler<THandler> => MemoryClient.ConnectAsync(_host, handler);

    private async ValueTask HearAsync(Peer peer, string text)
    {
        await _mayGoOn.Task;
        _events.Add(text);
    }

    private ValueTask CloseAsync(Peer peer, CloseEvent close)
    {
        _events.Add($"close {(int)close.Code}");
        _closed.SetResult();
        return default;
    }

    private async Task AssertEventsAsync(params string[] events)
    {
        await _closed.Soon();
        Assert.Equal(events, _events);
    }

    private static byte[] Messages(params string[] texts) => [.. texts.SelectMany(text => MemoryClient.Encode(text))];
}
