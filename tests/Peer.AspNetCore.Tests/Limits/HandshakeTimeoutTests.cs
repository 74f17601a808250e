using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Limits;

/// <summary>An upgrade hook that takes its time. The clock is the test's.</summary>
public sealed class HandshakeTimeoutTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Porter _porter = new();

    [Theory]
    [Trait("option", "HandshakeTimeout")]
    [InlineData(9.9, 101), InlineData(10, 503), InlineData(10.1, 503)]
    public async Task A_hook_has_as_long_as_HandshakeTimeout(double seconds, int status)
    {
        await using var app = await StartAsync();
        var asking = app.RequestAsync(RawClient.UpgradeRequest("/porter"));
        await _porter.Entered.Soon();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        if (status == 101) _porter.Decide();

        Assert.Equal(status, (await asking.Soon()).Status);
        _porter.Decide();
    }

    [Fact]
    public async Task The_client_is_told_at_once_and_the_hook_by_its_token_and_the_log_names_the_knob()
    {
        await using var app = await StartAsync();
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());
        var asking = app.RequestAsync(RawClient.UpgradeRequest("/porter"));
        await _porter.Entered.Soon();
        _time.Advance(TimeSpan.FromSeconds(10));

        var answer = await asking.Soon();
        Assert.Equal((503, "The server took too long to answer."), (answer.Status, answer.Body));
        await _porter.Cancelled.Soon();
        Assert.Equal(
            "OnUpgrade of LateDoor on '/porter' took longer than HandshakeTimeout (00:00:10), so the client was rejected (503). Raise PeerOptions.HandshakeTimeout, or let the hook observe its CancellationToken.",
            (await app.Logs.FindAsync(111)).Text);
        Assert.Contains("peer.exceeded_limits{peer.handler=LateDoor,peer.limit=HandshakeTimeout} 1", reader.Lines());
        Assert.Contains("peer.handshakes{peer.handler=LateDoor,peer.handshake.outcome=timeout} 1", reader.Lines());
        _porter.Decide();
    }

    [Fact]
    public async Task Handler_and_request_stay_until_a_hook_that_heeds_no_token_has_ended()
    {
        await using var app = await StartAsync();
        var asking = app.RequestAsync(RawClient.UpgradeRequest("/porter"));
        await _porter.Entered.Soon();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(503, (await asking.Soon()).Status);
        Assert.False(_porter.Disposed.Task.IsCompleted);

        _porter.Decide();
        Assert.Equal("/porter", await _porter.SawPath.Soon());
        await _porter.Disposed.Soon();
        Assert.Equal(0, app.Host.PeerCount);
    }

    [Fact]
    public async Task A_hook_that_throws_because_it_was_cancelled_is_late_and_has_not_failed()
    {
        _porter.Heeds = true;
        await using var app = await StartAsync();
        var asking = app.RequestAsync(RawClient.UpgradeRequest("/porter"));
        await _porter.Entered.Soon();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(503, (await asking.Soon()).Status);
        await _porter.Disposed.Soon();
        Assert.DoesNotContain(app.Logs.Lines, line => line.EventId == 107);
    }

    [Fact]
    public async Task A_client_that_gives_up_cancels_the_hook_and_is_counted_as_nothing()
    {
        _porter.Heeds = true;
        await using var app = await StartAsync();
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());
        await using var client = await RawClient.DialAsync(app.Port);
        await client.SendRawAsync(Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/porter")));
        await _porter.Entered.Soon();
        client.Reset();

        await _porter.Disposed.Soon();
        Assert.DoesNotContain(reader.Lines(), line => line.StartsWith("peer.rejected", StringComparison.Ordinal));
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(app => app.MapPeer<LateDoor>(), options => options.HandshakeTimeout = TimeSpan.FromSeconds(10), builder =>
        builder.Services.AddSingleton(_porter).AddSingleton<TimeProvider>(_time));
}

/// <summary>Decides for <see cref="LateDoor"/> when the test says so.</summary>
public sealed class Porter
{
    private readonly TaskCompletionSource _decided = Patience.Signal();

    public bool Heeds { get; set; }

    public TaskCompletionSource Entered { get; } = Patience.Signal();

    public TaskCompletionSource Cancelled { get; } = Patience.Signal();

    public TaskCompletionSource<string> SawPath { get; } = Patience.Signal<string>();

    public TaskCompletionSource Disposed { get; } = Patience.Signal();

    public void Decide() => _decided.TrySetResult();

    public async Task AdmitAsync(CancellationToken cancellation)
    {
        await using var told = cancellation.Register(() => Cancelled.TrySetResult());
        Entered.TrySetResult();
        await _decided.Task.WaitAsync(Heeds ? cancellation : default);
    }
}

[PeerHandler("/porter")]
public sealed partial class LateDoor(Porter porter) : IDisposable
{
    public void Dispose() => porter.Disposed.TrySetResult();

    [OnUpgrade]
    private async Task<UpgradeResult> Admit(UpgradeRequest request, CancellationToken cancellation)
    {
        await porter.AdmitAsync(cancellation);
        porter.SawPath.TrySetResult(request.Path);
        return UpgradeResult.Accept();
    }
}
