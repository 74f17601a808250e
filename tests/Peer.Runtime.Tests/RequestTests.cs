using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Requests to the client: how they are asked, and all the ways in which they end.</summary>
public sealed class RequestTests : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly PeerHost _host;
    private readonly TaskCompletionSource<CloseEvent> _closed = Patience.Signal<CloseEvent>();

    public RequestTests() => _host = new(_time);

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_request_carries_an_id_and_the_reply_that_carries_it_too_completes_it()
    {
        await using var client = await ConnectAsync();
        var asked = client.Peer.RequestAsync<Question, Count>(new("ready?"), s_minute, TestContext.Current.CancellationToken);
        Assert.Equal("""{"type":"question","$id":1,"text":"ready?"}""", await client.ReceiveTextAsync());
        Assert.False(asked.IsCompleted);
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");

        Assert.Equal(7, (await asked.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task Replies_may_come_in_any_order_and_written_in_any_way()
    {
        await using var client = await ConnectAsync();
        var first = Ask(client);
        var second = Ask(client);
        await client.ReceiveTextAsync();
        Assert.Equal("""{"type":"question","$id":2,"text":""}""", await client.ReceiveTextAsync());
        await client.SendAsync("""{ "value" : 2, "$re" : 2, "more" : {"$re":1}, "type" : "count" }""");
        await client.SendAsync("""{"$re":1,"type":"count","value":1}""");

        Assert.Equal(2, (await second).Value);
        Assert.Equal(1, (await first).Value);
    }

    [Fact]
    public async Task A_hook_may_wait_for_a_reply_and_messages_wait_behind_it()
    {
        List<string> order = [];
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (peer, text) =>
            {
                order.Add(text);
                if (text != "ask") peer.Send("done");
                else order.Add($"{(await peer.RequestAsync<Question, Count>(new(""), s_minute)).Value}");
            },
        });
        await client.SendAsync("ask");
        await client.SendAsync("after");
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");

        Assert.Equal("done", await client.ReceiveTextAsync());
        Assert.Equal(["ask", "7", "after"], order);
    }

    [Fact]
    public async Task An_open_hook_may_wait_for_a_reply()
    {
        var answered = Patience.Signal<int>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Open = async peer => answered.SetResult((await peer.RequestAsync<Question, Count>(new(""), s_minute)).Value),
        });
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");

        Assert.Equal(7, await answered.Soon());
    }

    [Fact]
    public async Task A_handler_that_takes_no_messages_may_ask_all_the_same()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new MuteHandler());
        var asked = Ask(client);
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");

        Assert.Equal(7, (await asked).Value);
    }

    [Fact]
    public async Task No_reply_in_time_is_a_timeout_and_one_that_comes_later_is_nobodys()
    {
        await using var client = await ConnectAsync();
        var asked = Ask(client);
        await client.ReceiveTextAsync();
        _time.Advance(s_minute);

        Assert.Equal("The peer did not answer 'question' in time.", (await Assert.ThrowsAsync<TimeoutException>(() => asked)).Message);
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");
        await AssertNothingReachedAHookAsync(client);
    }

    [Fact]
    public async Task Without_a_timeout_it_waits_as_long_as_the_peer_is_there()
    {
        var client = await ConnectAsync();
        var asked = client.Peer.RequestAsync<Question, Count>(new(""), Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.False(asked.IsCompleted);
        await client.DisposeAsync();

        Assert.Equal(PeerRequestFailure.Closed, (await Assert.ThrowsAsync<PeerRequestException>(() => asked)).Failure);
    }

    [Fact]
    public async Task A_token_gives_up_and_the_reply_is_nobodys()
    {
        await using var client = await ConnectAsync();
        using var givingUp = new CancellationTokenSource();
        var asked = client.Peer.RequestAsync<Question, Count>(new(""), s_minute, givingUp.Token);
        await client.ReceiveTextAsync();
        await givingUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Peer.RequestAsync<Question, Count>(new(""), s_minute, givingUp.Token));
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");
        await AssertNothingReachedAHookAsync(client);
    }

    [Fact]
    public async Task A_client_may_refuse()
    {
        await using var client = await ConnectAsync();
        var asked = Ask(client);
        await client.SendAsync("""{"type":"$error","$re":1,"code":"un\nauthorized","message":"No\u0021"}""");

        var refused = await Assert.ThrowsAsync<PeerRequestException>(() => asked);
        Assert.Equal((PeerRequestFailure.Refused, "un\uFFFDauthorized"), (refused.Failure, refused.Code));
        Assert.Equal("The peer answered 'question' with the error 'un\uFFFDauthorized': No!", refused.Message);
    }

    [Theory]
    [InlineData("""{"type":"long","$re":1,"text":"x"}""", "The type is another message's.")]
    [InlineData("""{"type":"count","$re":1,"value":"x"}""", "A number that fits was expected.")]
    [InlineData("""{"$re":1}""", "The member 'type' is missing.")]
    public async Task A_reply_that_is_not_what_was_asked_for_says_why(string reply, string why)
    {
        await using var client = await ConnectAsync();
        var asked = Ask(client);
        await client.SendAsync(reply);

        var wrong = await Assert.ThrowsAsync<PeerRequestException>(() => asked);
        Assert.Equal(PeerRequestFailure.WrongReply, wrong.Failure);
        Assert.StartsWith("The peer answered 'question' with something other than 'count': " + why, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"count","$re":2,"value":7}""")]
    [InlineData("""{"type":"count","$re":"1","value":7}""")]
    [InlineData("""{"type":"count","$re":0,"value":7}""")]
    [InlineData("""{"type":"count","$re":-1,"value":7}""")]
    [InlineData("""{"type":"count","$re":1e0,"value":7}""")]
    [InlineData("""{"type":"count","$re":99999999999999999999,"value":7}""")]
    [InlineData("""{"type":"count","value":7,"inner":{"$re":1}}""")]
    public async Task What_answers_nothing_that_was_asked_is_a_message_like_any_other(string text)
    {
        await using var client = await ConnectAsync();
        var asked = Ask(client);
        await client.ReceiveTextAsync();
        await client.SendAsync(text);

        Assert.Equal(text, await client.ReceiveTextAsync());
        Assert.False(asked.IsCompleted);
    }

    [Fact]
    public async Task A_hook_that_waits_for_a_peer_that_leaves_has_given_up_and_the_close_hook_runs()
    {
        var errors = 0;
        var client = await MemoryClient.ConnectAsync(_host, new ErrorHandler
        {
            Text = async (peer, _) => await peer.RequestAsync<Question, Count>(new(""), s_minute),
            Error = (_, _) => { errors++; return default; },
            Close = (_, close) => { _closed.SetResult(close); return default; },
        });
        await client.SendAsync("ask");
        await client.ReceiveTextAsync();
        await client.CloseAsync();

        Assert.Equal(CloseCode.Normal, (await _closed.Soon()).Code);
        Assert.Equal(0, errors);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_reply_is_taken_while_the_peer_is_being_closed_but_nothing_new_is_asked()
    {
        await using var client = await ConnectAsync();
        var asked = Ask(client);
        client.Peer.Close();
        Assert.Equal(PeerRequestFailure.Closed, (await Assert.ThrowsAsync<PeerRequestException>(() => Ask(client))).Failure);
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");

        Assert.Equal(7, (await asked).Value);
    }

    [Trait("option", "MaxRequests")]
    [Fact]
    public async Task No_more_than_MaxRequests_are_unanswered_and_an_answer_makes_room()
    {
        await using var client = await ConnectAsync(new() { MaxRequests = 2 });
        var first = Ask(client);
        _ = Ask(client);
        var refused = await Assert.ThrowsAsync<PeerRequestException>(() => Ask(client));
        Assert.Equal(PeerRequestFailure.TooMany, refused.Failure);
        Assert.Contains("MaxRequests (2)", refused.Message, StringComparison.Ordinal);
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");
        await first;

        Assert.False(Ask(client).IsFaulted);
    }

    [Fact]
    public async Task A_request_that_cannot_be_sent_is_not_waited_for()
    {
        await using var client = await ConnectAsync(new() { MaxBufferedBytes = 300, MaxRequests = 1 });
        for (var i = 0; i < 2; i++)
        {
            var asked = client.Peer.RequestAsync<Question, Count>(new(new string('x', 300)), s_minute, TestContext.Current.CancellationToken);
            Assert.Equal(PeerRequestFailure.NotSent, (await Assert.ThrowsAsync<PeerRequestException>(() => asked)).Failure);
        }
    }

    [Fact]
    public async Task A_request_that_cannot_be_written_is_not_waited_for()
    {
        await using var client = await ConnectAsync(new() { MaxRequests = 1 });
        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<InvalidOperationException>(() => client.Peer.RequestAsync<Question, Count>(new(null!), s_minute));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public async Task A_timeout_is_positive(int milliseconds)
    {
        await using var client = await ConnectAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.Peer.RequestAsync<Question, Count>(new(""), TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Fact]
    public async Task A_reply_that_is_waited_for_does_not_count_against_the_rate_and_one_that_comes_again_does()
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 1 } });
        for (var i = 1; i <= 5; i++)
        {
            var asked = Ask(client);
            await client.ReceiveTextAsync();
            await client.SendAsync($$"""{"type":"count","$re":{{i}},"value":7}""");
            await asked;
        }

        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");
        await client.SendAsync("""{"type":"count","$re":1,"value":7}""");
        Assert.Equal(CloseCode.TryAgainLater, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task The_longest_timeout_is_not_over_at_once()
    {
        await using var client = await ConnectAsync();
        var asked = client.Peer.RequestAsync<Question, Count>(new(""), TimeSpan.MaxValue, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(asked.IsCompleted);
    }

    private static Task<Count> Ask(MemoryClient client) => client.Peer.RequestAsync<Question, Count>(new(""), s_minute).WaitAsync(Patience.Limit);

    // Keeps still, so that its keep-alive has nothing to say while the clock leaps.
    private Task<MemoryClient> ConnectAsync(PeerOptions? options = null)
    {
        options ??= new();
        options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        return MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = (peer, text) => { peer.Send(text); return default; } }, options);
    }

    private static async Task AssertNothingReachedAHookAsync(MemoryClient client)
    {
        await client.SendAsync("next");
        Assert.Equal("next", await client.ReceiveTextAsync());
    }
}

[Message]
internal readonly partial record struct Question(string Text);
