using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;

namespace Peers.Tests.Channels;

/// <summary>A channel is subscribed to for a while after its last subscriber has left: what happens to it then is nobody's loss, and no line of the log.</summary>
public sealed class UnheardChannelTests : IAsyncLifetime
{
    private const int SubscribeFailed = 54;
    private const int Interrupted = 57;

    private readonly LogLines _log = new();
    private readonly SilentBackplane _backplane = new();
    private readonly PeerHost _host;
    private MemoryClient _client = null!;

    public UnheardChannelTests() => _host = new(new FakeTimeProvider(), _log, backplane: _backplane);

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync();
        _client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Theory, InlineData(true, 1), InlineData(false, 0)]
    public async Task An_interruption_of_one_channel_is_logged_where_somebody_hears_it(bool isHeard, int lines)
    {
        _client.Peer.Subscribe("room");
        await _host.WhenSubscribed();
        if (!isHeard) _client.Peer.Unsubscribe("room");
        _backplane.Interrupted("room");

        Assert.Equal(lines, _log.Count(Interrupted));
    }

    [Fact]
    public void An_interruption_of_all_channels_is_logged_although_nobody_hears_any()
    {
        _backplane.Interrupted(channel: null);

        const string Line = "The connection to silent was interrupted and is restored. Messages that other nodes published meanwhile may be missing from all channels.";
        Assert.Equal(Line, _log.Single(Interrupted));
    }

    [Theory, InlineData(true, 1), InlineData(false, 0)]
    public async Task A_subscription_that_fails_is_logged_where_somebody_still_waits_for_it(bool isHeard, int lines)
    {
        var subscribing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _backplane.Subscribing = subscribing.Task;
        _client.Peer.Subscribe("room");
        await _backplane.WhenSubscribed.WaitAsync(Patience.Limit);
        if (!isHeard) _client.Peer.Unsubscribe("room");
        subscribing.SetException(new InvalidOperationException("no"));
        await _host.WhenSubscribed().WaitAsync(Patience.Limit);

        Assert.Equal(lines, _log.Count(SubscribeFailed));
    }
}
