using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>What goes wrong with one peer, what it gets for it, and that nobody else notices.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly PeerHost _host = new();
    private readonly TaskCompletionSource<CloseEvent> _closed = Patience.Signal<CloseEvent>();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_message_hook_that_throws_closes_its_peer_with_1011_and_leaves_everyone_else_alone()
    {
        await using var other = await MemoryClient.ConnectAsync(_host, Echo());
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing(text: (_, _) => throw new InvalidOperationException("secret")));
        await client.SendAsync("boom");

        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
        await client.CloseAsync(CloseCode.InternalError);
        Assert.Equal(CloseCode.InternalError, (await _closed.Soon()).Code);
        await other.SendAsync("still here");
        Assert.Equal("still here", await other.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_message_hook_that_throws_after_awaiting_closes_with_1011()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing(text: async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException();
        }));
        await client.SendAsync("boom");

        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task An_open_hook_that_throws_closes_with_1011_and_the_close_hook_still_runs_once()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing(open: _ => throw new InvalidOperationException()));

        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
        await client.CloseAsync(CloseCode.InternalError);
        Assert.Equal(CloseCode.InternalError, (await _closed.Soon()).Code);
    }

    [Fact]
    public async Task A_close_hook_that_throws_ends_nothing_but_itself_and_the_handler_is_disposed()
    {
        var handler = new ScriptedHandler { Close = (_, _) => throw new InvalidOperationException() };
        var client = await MemoryClient.ConnectAsync(_host, handler);
        await client.DisposeAsync();

        Assert.Equal(1, handler.DisposeCount);
        Assert.Equal(0, _host.PeerCount);
    }

    [Fact]
    public async Task The_error_hook_may_keep_the_peer()
    {
        PeerError? seen = null;
        await using var client = await MemoryClient.ConnectAsync(_host, new ErrorHandler
        {
            Text = (peer, text) => text == "boom" ? throw new InvalidOperationException("why") : Reply(peer, text),
            Error = (_, error) =>
            {
                seen = error;
                error.Action = PeerErrorAction.Continue;
                return default;
            },
        });
        await client.SendAsync("boom");
        await client.SendAsync("after");

        Assert.Equal("after", await client.ReceiveTextAsync());
        Assert.Equal((PeerErrorKind.HookFailed, "OnMessage", "why"), (seen!.Kind, seen.Hook, seen.Exception!.Message));
    }

    [Fact]
    public async Task An_error_hook_that_throws_closes_with_1011()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ErrorHandler
        {
            Text = (_, _) => throw new InvalidOperationException(),
            Error = (_, _) => throw new InvalidOperationException(),
        });
        await client.SendAsync("boom");

        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task The_close_hook_runs_exactly_once_after_every_open_whatever_the_end()
    {
        var opens = 0;
        var closes = 0;
        var ends = new Func<MemoryClient, ValueTask>[]
        {
            client => client.CloseAsync(),
            client => client.DropAsync(),
            client => client.SendRawAsync([0xF1, 0x80, 0, 0, 0, 0]),
            client => { client.Peer.Terminate(); return default; },
            async client => { client.Peer.Close(); await client.CloseAsync(); },
            async client => { client.Peer.Terminate(); client.Peer.Close(); await client.DropAsync(); },
        };
        foreach (var end in ends)
        {
            var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
            {
                Open = _ => { opens++; return default; },
                Close = (_, _) => { closes++; return default; },
            });
            await end(client);
            await client.DisposeAsync();
        }

        Assert.Equal((ends.Length, ends.Length), (opens, closes));
        Assert.Equal(0, _host.PeerCount);
    }

    [Fact]
    public async Task In_the_close_hook_channels_are_listed_publishing_works_and_leaving_follows()
    {
        await using var other = await MemoryClient.ConnectAsync(_host, Echo());
        other.Peer.Subscribe("room");
        IReadOnlyCollection<string> channels = [];
        var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Joined = peer => peer.Subscribe("room"),
            Close = (peer, _) =>
            {
                channels = peer.Channels;
                peer.Publish("room", "bye");
                Assert.Equal(SendStatus.Closed, peer.Send("nobody"));
                return default;
            },
        });
        await client.DisposeAsync();

        Assert.Equal("bye", await other.ReceiveTextAsync());
        Assert.Equal(["room"], channels);
        Assert.Equal(1, _host.Count("room"));
        client.Peer.Subscribe("room");
        Assert.Equal(1, _host.Count("room"));
    }

    [Fact]
    public async Task A_message_over_the_limit_gives_1009_on_both_ends_from_its_header_alone()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing(), new() { MaxMessageSize = 1000 });
        await client.SendRawAsync(MemoryClient.Encode(Opcode.Binary, new byte[1001])[..8]);

        Assert.Equal(CloseCode.MessageTooBig, await client.ReceiveCloseAsync());
        await client.DropAsync();
        Assert.Equal(CloseCode.MessageTooBig, (await _closed.Soon()).Code);
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_is_taken()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Echo(), new() { MaxMessageSize = 1000 });
        await client.SendAsync(new string('x', 1000));
        Assert.Equal(1000, (await client.ReceiveTextAsync()).Length);
    }

    [Fact]
    public async Task What_came_before_a_protocol_error_is_answered_and_nothing_after_it_is_received()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Echo());
        await client.SendRawAsync([.. MemoryClient.Encode("good"), 0xF1, 0x80, 0, 0, 0, 0, .. MemoryClient.Encode("late")]);

        Assert.Equal("good", await client.ReceiveTextAsync());
        Assert.Equal(CloseCode.ProtocolError, await client.ReceiveCloseAsync());
        await client.CloseAsync(CloseCode.ProtocolError);
        Assert.Equal(FrameEvent.NeedMore, (await client.ReceiveAsync()).Kind);
    }

    [Fact]
    public async Task Text_that_is_not_utf8_closes_with_1007()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing());
        await client.SendAsync(Opcode.Text, [0x61, 0xC0, 0xAF]);

        Assert.Equal(CloseCode.InvalidPayload, await client.ReceiveCloseAsync());
        await client.DropAsync();
        Assert.Equal(CloseCode.InvalidPayload, (await _closed.Soon()).Code);
    }

    [Fact]
    public async Task A_kind_of_message_that_no_hook_takes_closes_with_1003()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new MuteHandler());
        await client.SendAsync(1, 2, 3);
        Assert.Equal(CloseCode.UnsupportedData, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_close_frame_without_a_code_is_answered_without_one()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing());
        await client.SendAsync(Opcode.Close, []);

        var answer = await client.ReceiveAsync();
        Assert.Equal((FrameEvent.Close, 0), (answer.Kind, answer.Payload.Length));
        Assert.Equal(CloseCode.NoStatus, (await _closed.Soon()).Code);
    }

    // Kestrel ends the output by itself when the client ended its half: writing then threw into whoever had sent.
    [Fact]
    public async Task An_output_that_the_server_ended_by_itself_is_a_lost_connection_and_throws_at_nobody()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing());
        await client.EndServerOutputAsync();
        client.Peer.Send("nobody reads this");

        Assert.Equal(SendStatus.Closed, client.Peer.Send("nor this"));
        Assert.Equal(CloseCode.Abnormal, (await _closed.Soon()).Code);
    }

    [Fact]
    public async Task A_close_frame_that_breaks_the_protocol_is_answered_with_1002_even_to_a_client_that_goes_on_sending()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing());
        await client.SendRawAsync([.. MemoryClient.Encode(Opcode.Close, [3]), .. MemoryClient.Encode("more")]);
        await client.SendAsync("and more");

        Assert.Equal(CloseCode.ProtocolError, await client.ReceiveCloseAsync());
        Assert.False(client.Run.IsCompleted);
    }

    // It stopped reading there: the server below then answers what comes with a reset, which may lose the client the close frame.
    [Fact]
    public async Task A_breach_after_our_own_close_is_discarded_until_the_client_has_answered_it()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Throwing());
        client.Peer.Close((CloseCode)4000);
        await client.SendRawAsync([.. MemoryClient.Encode("late"), 0xF1, 0x80, 0, 0, 0, 0, .. MemoryClient.Encode("later")]);
        Assert.Equal((CloseCode)4000, await client.ReceiveCloseAsync());
        await client.CloseAsync((CloseCode)4000);

        Assert.Equal(new CloseEvent((CloseCode)4000, "", WasClean: true, CloseInitiator.Local), await _closed.Soon());
    }

    // What a logger threw came out of the heartbeat, which ends the process, and ended connections.
    [Fact]
    public async Task A_logger_that_throws_ends_nothing()
    {
        var time = new FakeTimeProvider();
        using var host = new PeerHost(time, new ThrowingLoggers());
        var options = new PeerOptions { KeepAliveInterval = TimeSpan.FromSeconds(1), KeepAliveTimeout = TimeSpan.FromSeconds(1), MaxBufferedBytes = 1000 };
        await using var silent = await MemoryClient.ConnectAsync(host, Throwing(), options);
        await using var failing = await MemoryClient.ConnectAsync(host, new ScriptedHandler { Text = (_, _) => throw new InvalidOperationException() });
        await failing.SendAsync("boom");
        Assert.Equal(CloseCode.InternalError, await failing.ReceiveCloseAsync());
        for (var i = 0; i < 30; i++) time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(CloseCode.Abnormal, (await _closed.Soon()).Code);
    }

    private sealed class ThrowingLoggers : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;
        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("no space left");
        public void Dispose() { }
    }

    private static ValueTask Reply(Peer peer, string text)
    {
        peer.Send(text);
        return default;
    }

    private static ScriptedHandler Echo() => new() { Text = Reply };

    private ScriptedHandler Throwing(Func<Peer, ValueTask>? open = null, Func<Peer, string, ValueTask>? text = null) => new()
    {
        Open = open,
        Text = text,
        Close = (_, close) => { _closed.SetResult(close); return default; },
    };
}
