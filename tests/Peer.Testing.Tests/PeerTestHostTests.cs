using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;

namespace Peers.Tests;

public sealed class PeerTestHostTests
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_rejection_has_status_body_and_headers()
    {
        await using var host = Start();

        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync("/desks/a?key=wrong"));

        Assert.Equal((401, "That key fits nothing."), (rejected.StatusCode, rejected.Body));
        Assert.Equal([new("WWW-Authenticate", "Key")], rejected.Headers);
        Assert.Equal(["disposed"], _gate.Entries);
    }

    [Fact]
    public async Task An_upgrade_hook_that_throws_is_500_with_what_it_threw()
    {
        await using var host = Start();
        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync("/desks/a?key=broken"));
        Assert.Equal((500, "The lock is jammed."), (rejected.StatusCode, rejected.InnerException?.Message));
    }

    [Fact]
    public async Task A_constructor_that_throws_is_500_with_what_it_threw()
    {
        await using var host = PeerTestHost.Start<Unmade>();
        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync("/unmade"));
        Assert.Equal((500, "It has no legs."), (rejected.StatusCode, rejected.InnerException?.Message));
    }

    [Fact]
    public async Task A_service_that_nobody_registered_is_500_and_named()
    {
        await using var host = PeerTestHost.Start<Desk>();
        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync("/desks/a"));
        Assert.Contains(nameof(Gate), rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_without_a_handler_is_404_and_tells_what_is_mapped()
    {
        await using var host = Start();
        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync("/chairs/a"));
        Assert.Equal(404, rejected.StatusCode);
        Assert.Equal("No handler is mapped to '/chairs/a'. Mapped are: '/desks/{desk}'.", rejected.Message);
    }

    [Fact]
    public async Task What_flows_with_the_test_reaches_hooks_and_what_a_hook_leaves_reaches_no_other()
    {
        Ambient.Value = "the test's";
        await using var host = PeerTestHost.Start<Ambient>();
        var client = await host.ConnectAsync("/ambient");

        await client.SendAsync("one");
        await client.SendAsync("two");

        Assert.Equal("the test's", await client.ReceiveTextAsync());
        Assert.Equal("the test's", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task One_peer_more_than_may_be_is_503_until_one_leaves()
    {
        await using var host = Start(options => options.MaxPeers = 1);
        var ada = await host.ConnectAsync("/desks/a");
        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync("/desks/a"));
        Assert.Equal(503, rejected.StatusCode);

        await ada.CloseAsync();

        await host.ConnectAsync("/desks/a");
    }

    [Fact]
    public async Task A_rejected_client_takes_no_place()
    {
        await using var host = Start(options => options.MaxPeers = 1);
        await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync("/desks/a?key=wrong"));
        await host.ConnectAsync("/desks/a");
    }

    [Fact]
    public async Task What_the_client_brings_is_what_the_peer_shows()
    {
        await using var host = Start(options => options.CapturedHeaders.Add("X-Name"));

        var ada = await host.ConnectAsync("/desks/a%20b", request =>
        {
            request.Headers["x-name"] = "Ada";
            request.Subprotocols.Add("desk.v1");
            request.Subprotocols.Add("desk.v2");
            request.User = new(new ClaimsIdentity([new(ClaimTypes.Name, "ada")], "test"));
        });

        Assert.Equal("Ada", ada.Peer.Headers["X-Name"]);
        Assert.Equal(("desk.v2", "desk.v2"), (ada.Subprotocol, ada.Peer.Subprotocol));
        Assert.Equal("ada", ada.Peer.User?.Identity?.Name);
        Assert.Equal("a b", ada.Peer.Route("desk"));
        Assert.Equal([new("X-Lock", "open")], ada.Headers);
    }

    [Fact]
    public async Task Several_handlers_share_one_host()
    {
        await using var host = Start().Map<Plain>("/plain/{id}/{*rest}");
        var plain = await host.ConnectAsync("/plain/7/a/b");
        await plain.SendAsync("hello");
        Assert.Equal("7 a/b hello", await plain.ReceiveTextAsync());

        await host.ConnectAsync("/desks/a");
        Assert.Equal(2, host.Host.PeerCount);
    }

    [Fact]
    public void A_handler_without_a_route_must_be_given_one()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => PeerTestHost.Start<Plain>());
        Assert.Contains("Map<Plain>(\"/route\")", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_that_lacks_a_route_value_is_refused()
    {
        await using var host = PeerTestHost.Start();
        var failure = Assert.Throws<InvalidOperationException>(() => host.Map<Desk>("/desks"));
        Assert.Contains("'desk'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(options => options.MaxMessageSize = 0));

    [Fact]
    public async Task A_hook_sees_the_clock_of_the_test()
    {
        var time = new FakeTimeProvider();
        await using var host = Start(time: time);
        var ada = await host.ConnectAsync("/desks/a");
        var reminded = ada.RequestAsync<Remind, Noted>(new("tea", 60));
        await _gate.Reached.Task.WaitAsync(host.Patience);
        Assert.False(reminded.IsCompleted);

        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(new Noted("tea"), await reminded);
    }

    [Fact]
    public async Task A_client_that_went_silent_is_lost_by_the_clock_of_the_test()
    {
        var time = new FakeTimeProvider();
        await using var host = Start(options => options.KeepAliveInterval = TimeSpan.FromSeconds(30), time);
        var ada = await host.ConnectAsync("/desks/a");
        ada.PauseReading();

        time.Advance(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(30));
        ada.ResumeReading();

        Assert.Equal(CloseCode.Abnormal, (await ada.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task An_upgrade_hook_that_takes_too_long_is_503_and_its_handler_stays_until_it_ends()
    {
        var time = new FakeTimeProvider();
        await using var host = PeerTestHost.Start<LateDoor>(services => services.AddSingleton(_gate), options => options.HandshakeTimeout = TimeSpan.FromSeconds(10), time);
        var connecting = host.ConnectAsync("/late");
        await _gate.Reached.Task.WaitAsync(host.Patience);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(503, (await Assert.ThrowsAsync<PeerTestRejectedException>(() => connecting)).StatusCode);
        Assert.DoesNotContain("disposed", _gate.Entries);
        _gate.Opened.SetResult();
        await _gate.Disposed.Task.WaitAsync(host.Patience);
    }

    [Fact]
    public async Task A_peer_is_closed_when_its_authentication_expires_by_the_clock_of_the_test()
    {
        var time = new FakeTimeProvider();
        await using var host = Start(options => options.CloseOnAuthenticationExpiration = true, time);
        var ada = await host.ConnectAsync("/desks/a", request => request.AuthenticationExpires = time.GetUtcNow().AddMinutes(5));
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(new Noted("milk"), await ada.RequestAsync<Note, Noted>(new("milk")));
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(CloseCode.PolicyViolation, (await ada.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task A_clock_that_leaps_loses_nobody()
    {
        var time = new FakeTimeProvider();
        await using var host = Start(time: time);
        var ada = await host.ConnectAsync("/desks/a");

        time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(new Noted("milk"), await ada.RequestAsync<Note, Noted>(new("milk")));
    }

    [Fact]
    public async Task Disposal_tells_every_peer_and_waits_for_the_close_hooks()
    {
        var host = Start();
        var ada = await host.ConnectAsync("/desks/a");
        var ben = await host.ConnectAsync("/desks/b");
        ben.PauseReading();

        await host.DisposeAsync();

        Assert.Equal((CloseCode.ServiceRestart, CloseCode.ServiceRestart), ((await ada.ReceiveCloseAsync()).Code, (await ben.ReceiveCloseAsync()).Code));
        Assert.Equal(["1012 ServiceRestart by Local", "1012 ServiceRestart by Local", "disposed", "disposed"], _gate.Entries.Order(StringComparer.Ordinal));
        Assert.Equal(0, host.Host.PeerCount);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => host.ConnectAsync("/desks/a"));
    }

    [Fact]
    public async Task Disposal_gives_up_a_hook_that_never_ends_although_the_clock_stands()
    {
        var host = Start(time: new FakeTimeProvider());
        var ada = await host.ConnectAsync("/desks/a");
        await ada.SendAsync(new Wait("for ever"));
        await _gate.Reached.Task.WaitAsync(host.Patience);
        host.Patience = TimeSpan.FromMilliseconds(1);

        await host.DisposeAsync();

        Assert.Equal(0, host.Host.PeerCount);
    }

    [Fact]
    public async Task Nothing_is_kept_of_clients_that_left()
    {
        await using var host = Start();
        var left = new List<WeakReference>();
        for (var i = 0; i < 100; i++) left.Add(await ComeAndGoAsync(host));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // A thread may still have the last that it worked for at hand.
        Assert.InRange(left.Count(client => client.IsAlive), 0, 20);
        Assert.Equal(0, host.Host.Count(Desk.At("a")));
    }

    private static async Task<WeakReference> ComeAndGoAsync(PeerTestHost host)
    {
        var client = await host.ConnectAsync("/desks/a");
        await client.DropAsync();
        return new(client);
    }

    private PeerTestHost Start(Action<PeerOptions>? options = null, TimeProvider? time = null) =>
        PeerTestHost.Start<Desk>(services => services.AddSingleton(_gate), options, time);
}
