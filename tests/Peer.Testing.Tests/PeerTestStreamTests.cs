using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Streams that a client reads, and requests that it answers.</summary>
public sealed class PeerTestStreamTests : IAsyncDisposable
{
    private readonly Gate _gate = new();
    private readonly FakeTimeProvider _time = new();
    private readonly PeerTestHost _host;

    public PeerTestStreamTests() => _host = PeerTestHost.Start<Desk>(services => services.AddSingleton(_gate), time: _time);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_stream_is_read_item_by_item_to_its_end()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        var verses = ada.RequestStream<Recite, Noted>(new(Verses: 2));

        Assert.Equal(new Noted("verse 1"), await verses.ReceiveAsync());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new Noted("verse 2"), await verses.ReceiveAsync());
        await verses.ReceiveEndAsync();
    }

    [Fact]
    public async Task A_stream_that_is_left_early_is_cancelled_and_has_ended_by_then()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        await foreach (var verse in ada.RequestStream<Recite, Noted>(new(Verses: 10)))
        {
            Assert.Equal(new Noted("verse 1"), verse);
            break;
        }

        Assert.Equal(["recited"], _gate.Entries);
    }

    [Fact]
    public async Task Other_messages_stay_where_they_are()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        await using var verses = ada.RequestStream<Recite, Noted>(new(Verses: 2));
        await ada.SendAsync(new Note("milk"));

        Assert.Equal(new Noted("milk"), await ada.ReceiveAsync<Noted>());
        Assert.Equal(new Noted("verse 1"), await verses.ReceiveAsync());
    }

    [Fact]
    public async Task A_stream_that_fails_shows_its_code_and_what_the_hook_threw()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        var verses = ada.RequestStream<Recite, Noted>(new(Verses: 1, Forgets: 1));

        var failure = await Assert.ThrowsAsync<PeerTestRequestException>(() => verses.ReceiveAsync());
        Assert.Equal(("failed", "What came next?"), (failure.Code, failure.InnerException!.Message));
    }

    [Fact]
    public async Task An_end_where_an_item_is_expected_and_an_item_where_the_end_is_are_told()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        var verses = ada.RequestStream<Recite, Noted>(new(Verses: 1));

        var early = await Assert.ThrowsAsync<PeerTestException>(() => verses.ReceiveEndAsync());
        var late = await Assert.ThrowsAsync<PeerTestException>(() => verses.ReceiveAsync());
        Assert.Equal("Expected the end of the stream 'recite', but Noted { Text = verse 1 } came.", early.Message);
        Assert.Equal("Expected an item 'noted' of the stream 'recite', but it has ended.", late.Message);
    }

    [Fact]
    public async Task A_stream_of_a_connection_that_ends_is_over()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        var verses = ada.RequestStream<Recite, Noted>(new(Verses: 2));
        await verses.ReceiveAsync();
        await ada.CloseAsync();

        await Assert.ThrowsAsync<PeerTestClosedException>(() => verses.ReceiveAsync());
        await verses.DisposeAsync();
        Assert.Contains("recited", _gate.Entries);
    }

    [Fact]
    public async Task A_client_answers_what_the_server_asks()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        await ada.SendAsync(new Sign("the lease"));

        var question = await ada.ReceiveRequestAsync<Sure>();
        Assert.Equal("the lease", question.Message.What);
        await question.ReplyAsync(new Signed("Ada"));

        await _host.SettleAsync();
        Assert.Equal(["signed by Ada"], _gate.Entries);
    }

    [Fact]
    public async Task A_client_refuses_what_the_server_asks()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        await ada.SendAsync(new Sign("the lease"));
        await (await ada.ReceiveRequestAsync<Sure>()).RefuseAsync("unauthorized", "Not I.");

        await _host.SettleAsync();
        Assert.Equal(["refused: unauthorized"], _gate.Entries);
    }

    [Fact]
    public async Task A_message_that_wants_no_answer_is_no_request()
    {
        var ada = await _host.ConnectAsync("/desks/a");
        await ada.SendAsync(new Note("milk"));

        var failure = await Assert.ThrowsAsync<PeerTestException>(() => ada.ReceiveRequestAsync<Noted>());
        Assert.EndsWith("It has no $id to answer.", failure.Message, StringComparison.Ordinal);
    }
}
