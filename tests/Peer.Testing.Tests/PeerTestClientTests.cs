using Microsoft.Extensions.DependencyInjection;
using Peers.Tests.Kit;

namespace Peers.Tests;

public sealed class PeerTestClientTests : IAsyncDisposable
{
    private readonly Gate _gate = new();
    private readonly PeerTestHost _host;

    public PeerTestClientTests() => _host = PeerTestHost.Start<Desk>(services => services.AddSingleton(_gate));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_message_comes_back_as_the_type_it_is()
    {
        var ada = await ConnectAsync();
        await ada.SendAsync(new Note("milk"));
        Assert.Equal(new Noted("milk"), await ada.ReceiveAsync<Noted>());
    }

    [Fact]
    public async Task Another_message_than_the_expected_is_shown()
    {
        var ada = await ConnectAsync();
        await ada.SendAsync(new Note("milk"));

        var failure = await Assert.ThrowsAsync<PeerTestException>(() => ada.ReceiveAsync<Noticed>());

        Assert.Equal("""Expected 'noticed', but {"type":"noted","text":"milk"} came.""", failure.Message);
    }

    [Fact]
    public async Task A_message_of_the_right_name_that_does_not_fit_is_told_apart()
    {
        var ada = await ConnectAsync();
        await ada.SendAsync(new Note("milk"));

        var failure = await Assert.ThrowsAsync<PeerTestException>(() => ada.ReceiveAsync<NotedAt>());

        Assert.Contains("It does not fit: The member 'at' is missing.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skipping_passes_over_what_is_not_asked_for()
    {
        var (ada, ben) = (await ConnectAsync(), await ConnectAsync());
        await ada.SendAsync(new Note("milk"));
        await _host.SettleAsync();
        await ben.SendAsync(new Note("bread"));

        Assert.Equal(new Noted("bread"), await ben.SkipToAsync<Noted>());
    }

    [Theory]
    [InlineData("héllo 🦊")]
    [InlineData("")]
    public async Task Text_comes_back_as_it_is(string text)
    {
        var ada = await ConnectAsync();
        await ada.SendAsync(text);
        Assert.Equal(text, await ada.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(126)]
    [InlineData(65_536)]
    public async Task Binary_messages_of_any_length_come_back_as_they_are(int length)
    {
        var ada = await ConnectAsync();
        var data = new byte[length];
        Random.Shared.NextBytes(data);
        await ada.SendBinaryAsync(data);
        Assert.Equal(data, await ada.ReceiveBinaryAsync());
    }

    [Fact]
    public async Task Text_where_bytes_are_expected_is_shown()
    {
        var ada = await ConnectAsync();
        await ada.SendAsync("hello");
        var failure = await Assert.ThrowsAsync<PeerTestException>(() => ada.ReceiveBinaryAsync());
        Assert.Equal("Expected a binary message, but hello came.", failure.Message);
    }

    [Fact]
    public async Task A_request_gets_its_reply_and_other_messages_stay()
    {
        var (ada, ben) = (await ConnectAsync(), await ConnectAsync());
        await ben.SendAsync(new Note("bread"));
        await ben.ReceiveAsync<Noted>();

        Assert.Equal(new Noted("milk"), await ada.RequestAsync<Note, Noted>(new("milk")));
        Assert.Equal(new Noticed("bread"), await ada.ReceiveAsync<Noticed>());
        await ada.ReceiveNothingAsync();
    }

    [Fact]
    public async Task Requests_under_way_at_once_get_each_its_own_reply()
    {
        var ada = await ConnectAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ada.RequestAsync<Note, Noted>(new($"{i}"))));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => new Noted($"{i}")), replies);
    }

    [Fact]
    public async Task A_request_whose_hook_throws_tells_code_and_exception()
    {
        var ada = await ConnectAsync();

        var failure = await Assert.ThrowsAsync<PeerTestRequestException>(() => ada.RequestAsync<Fail, Noted>(new("out of ink")));

        Assert.Equal("failed", failure.Code);
        Assert.Equal("out of ink", failure.InnerException?.Message);
    }

    [Fact]
    public async Task Receiving_after_a_hook_failed_tells_what_it_threw()
    {
        var ada = await ConnectAsync();
        await ada.SendAsync(new Fail("out of ink"));

        var failure = await Assert.ThrowsAsync<PeerTestClosedException>(() => ada.ReceiveAsync<Noted>());

        Assert.Equal(CloseCode.InternalError, failure.Close.Code);
        Assert.Equal("out of ink", failure.InnerException?.Message);
    }

    [Fact]
    public async Task Receiving_in_vain_names_the_hook_that_has_not_ended()
    {
        var ada = await ConnectAsync();
        await ada.SendAsync(new Wait("milk"));
        await _gate.Reached.Task.WaitAsync(_host.Patience);

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => ada.ReceiveAsync<Noted>(TimeSpan.FromMilliseconds(1)));

        Assert.Contains("waited in vain for 'noted'. A hook of the peer has not ended: Text.", failure.Message, StringComparison.Ordinal);
        _gate.Opened.SetResult();
    }

    [Fact]
    public async Task A_receive_that_gave_up_takes_no_later_message()
    {
        var ada = await ConnectAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => ada.ReceiveAsync<Noted>(TimeSpan.Zero));
        await ada.SendAsync(new Note("milk"));
        Assert.Equal(new Noted("milk"), await ada.ReceiveAsync<Noted>());
    }

    [Fact]
    public async Task Nothing_that_comes_is_noticed_although_another_client_caused_it()
    {
        var (ada, ben) = (await ConnectAsync(), await ConnectAsync());
        await ada.SendAsync(new Note("milk"));

        var failure = await Assert.ThrowsAsync<PeerTestException>(ben.ReceiveNothingAsync);

        Assert.Equal("""Expected nothing, but {"type":"noticed","text":"milk"} came.""", failure.Message);
    }

    [Fact]
    public async Task Nothing_cannot_be_told_while_a_hook_waits()
    {
        var (ada, ben) = (await ConnectAsync(), await ConnectAsync());
        await ada.SendAsync(new Wait("milk"));
        await _gate.Reached.Task.WaitAsync(_host.Patience);
        _host.Patience = TimeSpan.FromMilliseconds(1);

        await Assert.ThrowsAsync<TimeoutException>(ben.ReceiveNothingAsync);

        _host.Patience = TimeSpan.FromSeconds(10);
        Assert.False(ben.TryReceive(out _));
        _gate.Opened.SetResult();
        Assert.Equal(new Noticed("milk"), await ben.ReceiveAsync<Noticed>());
    }

    [Fact]
    public async Task Settling_waits_for_hooks_that_await()
    {
        var (ada, ben) = (await ConnectAsync(), await ConnectAsync());
        await ada.SendAsync(new Wait("milk"));
        var settled = _host.SettleAsync();
        Assert.False(settled.IsCompleted);

        _gate.Opened.SetResult();
        await settled;

        Assert.True(ben.TryReceive(out var message));
        Assert.Equal("""{"type":"noticed","text":"milk"}""", message.Text());
    }

    [Fact]
    public async Task Settling_follows_what_one_hook_sets_off_at_another_peer()
    {
        var (ada, ben, eve) = (await ConnectAsync(), await ConnectAsync(), await ConnectAsync("/desks/b"));
        var pat = await ConnectAsync("/desks/b");
        await pat.SendAsync(new Evict("fire"));

        await _host.SettleAsync();

        Assert.Equal(3, _gate.Entries.Count(entry => entry == "4001 by Local: fire"));
        Assert.True(pat.TryReceive(out var message));
        Assert.Equal("""{"type":"noticed","text":"gone"}""", message.Text());
        Assert.All([ada, ben, eve], client => Assert.True(client.Closed.IsCompleted));
    }

    [Fact]
    public async Task A_ping_is_answered_while_a_hook_waits()
    {
        var ada = await ConnectAsync();
        await ada.SendAsync(new Wait("milk"));
        await ada.PingAsync("are you there"u8.ToArray());
        _gate.Opened.SetResult();
    }

    [Fact]
    public async Task Closing_returns_when_the_close_hook_has_run()
    {
        var ada = await ConnectAsync();

        var close = await ada.CloseAsync((CloseCode)4000, "bye");

        Assert.Equal(new CloseEvent((CloseCode)4000, "", WasClean: true, CloseInitiator.Local), close);
        Assert.Equal(["4000 by Remote: bye", "disposed"], _gate.Entries);
    }

    [Fact]
    public async Task Dropping_is_1006_at_both_ends()
    {
        var ada = await ConnectAsync();

        var close = await ada.DropAsync();

        Assert.Equal(new CloseEvent(CloseCode.Abnormal, "", WasClean: false, CloseInitiator.Local), close);
        Assert.Equal(["1006 Abnormal by Remote (not clean)", "disposed"], _gate.Entries);
    }

    [Fact]
    public async Task What_the_server_closes_tells_code_and_reason()
    {
        var (ada, ben) = (await ConnectAsync(), await ConnectAsync());
        await ada.SendAsync(new Evict("fire"));
        Assert.Equal(new CloseEvent((CloseCode)4001, "fire", WasClean: true, CloseInitiator.Remote), await ben.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Sending_after_the_end_throws()
    {
        var ada = await ConnectAsync();
        await ada.CloseAsync();
        var failure = await Assert.ThrowsAsync<PeerTestClosedException>(() => ada.SendAsync("hello"));
        Assert.Equal(CloseCode.Normal, failure.Close.Code);
    }

    [Fact]
    public async Task A_code_that_may_not_be_sent_is_refused()
    {
        var ada = await ConnectAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ada.CloseAsync(CloseCode.Abnormal));
    }

    [Fact]
    public async Task A_client_that_does_not_read_lets_messages_wait_at_the_server()
    {
        var (ada, ben) = (await ConnectAsync(), await ConnectAsync());
        ada.PauseReading();
        for (var i = 0; i < 500; i++) ada.Peer.SendBinary(new byte[1024]);
        await ada.SendAsync(new Note("milk"));
        await ben.ReceiveAsync<Noticed>();
        Assert.InRange(ada.Peer.BufferedBytes, 400_000, int.MaxValue);

        ada.ResumeReading();

        Assert.Equal(new Noted("milk"), await ada.SkipToAsync<Noted>());
    }

    [Fact]
    public async Task Settling_with_a_client_that_does_not_read_is_refused()
    {
        var ada = await ConnectAsync();
        ada.PauseReading();
        await Assert.ThrowsAsync<InvalidOperationException>(_host.SettleAsync);
    }

    [Fact]
    public async Task Disposing_a_client_is_leaving()
    {
        var ada = await ConnectAsync();
        await ada.DisposeAsync();
        await _host.SettleAsync();
        Assert.Equal(["1001 GoingAway by Remote", "disposed"], _gate.Entries);
    }

    private Task<PeerTestClient> ConnectAsync(string path = "/desks/a") => _host.ConnectAsync(path);
}
