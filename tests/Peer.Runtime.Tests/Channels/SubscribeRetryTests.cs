using Microsoft.Extensions.Time.Testing;
using Peers.Channels;
using Peers.Tests.Kit;
using Peers.Transports;

namespace Peers.Tests.Channels;

/// <summary>
/// Subscriptions that the backplane rejects during an outage: the heartbeat retries them, and peers that join meanwhile do not
/// add retries.
/// </summary>
public sealed class SubscribeRetryTests : IAsyncLifetime
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _time = new();
    private readonly SilentBackplane _backplane = new();
    private readonly PeerHost _host;

    public SubscribeRetryTests() => _host = new(_time, backplane: _backplane, backplaneOptions: new() { Linger = TimeSpan.Zero });

    public async ValueTask InitializeAsync() => await _host.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    // Each join called the server at once, and each failed call queued the channel once more: a heartbeat then repeated all of them.
    [Fact]
    public async Task Joins_during_an_outage_wait_for_one_retry_of_their_channel()
    {
        _backplane.Subscribing = Task.FromException(new InvalidOperationException("The server is away."));
        await JoinAsync();
        Assert.Equal(1, _backplane.SubscribeCalls);

        for (var i = 0; i < 20; i++) await JoinAsync();
        Assert.Equal(1, _backplane.SubscribeCalls);

        await BeatAsync();
        Assert.Equal(2, _backplane.SubscribeCalls);
        await BeatAsync();
        Assert.Equal(3, _backplane.SubscribeCalls);
    }

    [Fact]
    public async Task After_an_outage_the_next_heartbeat_subscribes()
    {
        _backplane.Subscribing = Task.FromException(new InvalidOperationException("The server is away."));
        await JoinAsync();
        _backplane.Subscribing = Task.CompletedTask;

        await BeatAsync();
        await BeatAsync();

        Assert.Equal(2, _backplane.SubscribeCalls);
    }

    [Fact]
    public async Task A_channel_that_is_left_and_joined_again_during_an_outage_is_retried_once_a_heartbeat()
    {
        _backplane.Subscribing = Task.FromException(new InvalidOperationException("The server is away."));
        for (var i = 0; i < 20; i++)
        {
            var subscription = await JoinAsync();
            using (Turn.Enter()) _host.Channels.Unsubscribe(subscription);
        }

        await JoinAsync();
        await BeatAsync();
        var before = _backplane.SubscribeCalls;
        await BeatAsync();

        Assert.Equal(before + 1, _backplane.SubscribeCalls);
    }

    private async Task<Subscription> JoinAsync()
    {
        Subscription subscription;
        using (Turn.Enter()) subscription = _host.Channels.Subscribe("room", new IdleSubscriber());
        await _host.WhenSubscribed().WaitAsync(Patience.Limit);
        return subscription;
    }

    private async Task BeatAsync()
    {
        _time.Advance(s_beat);
        await _host.WhenSubscribed().WaitAsync(Patience.Limit);
    }

    private sealed class IdleSubscriber : ISubscriber
    {
        public object Owner => this;

        public void Deliver(SharedFrame frame)
        {
        }
    }
}
