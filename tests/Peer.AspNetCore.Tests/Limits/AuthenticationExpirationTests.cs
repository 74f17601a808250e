using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Limits;

/// <summary>Tickets that expire while their peers are connected. The clock is the test's.</summary>
public sealed class AuthenticationExpirationTests
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _time = new();
    private readonly Ledger _ledger = new();

    [Fact]
    [Trait("option", "CloseOnAuthenticationExpiration")]
    public async Task A_peer_is_closed_with_1008_when_the_ticket_that_it_came_with_expires()
    {
        await using var app = await StartAsync(options => options.CloseOnAuthenticationExpiration = true);
        await using var client = await app.ConnectAsync("/echo", ("X-Seconds", "60"));
        await app.SinglePeerAsync();
        _time.Advance(TimeSpan.FromSeconds(60) - s_beat);
        await client.SendAsync("still here");
        Assert.Equal("still here", await client.ReceiveTextAsync());

        _time.Advance(s_beat);
        var close = await client.ReceiveAsync(RawOpcode.Close);
        Assert.Equal((1008, "authentication expired"), (close.CloseCode, close.CloseReason));
        Assert.Contains("as PeerOptions.CloseOnAuthenticationExpiration asks for", (await app.Logs.FindAsync(25)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "60")]
    [InlineData(true, "never")]
    public async Task A_peer_stays_where_nobody_asked_for_that_or_its_ticket_does_not_expire(bool isAskedFor, string seconds)
    {
        await using var app = await StartAsync(options => options.CloseOnAuthenticationExpiration = isAskedFor);
        await using var client = await app.ConnectAsync("/echo", ("X-Seconds", seconds));
        await app.SinglePeerAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        await client.SendAsync("still here");

        Assert.Equal("still here", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task An_upgrade_hook_that_checks_a_token_by_itself_says_when_that_expires()
    {
        await using var app = await TestApp.StartAsync(
            app => app.MapPeer<TokenDoor>(),
            options => (options.CloseOnAuthenticationExpiration, options.KeepAliveInterval) = (true, Timeout.InfiniteTimeSpan),
            builder => builder.Services.AddSingleton<TimeProvider>(_time));
        await using var client = await app.ConnectAsync("/token");
        await app.SinglePeerAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1008, await client.ReceiveCloseAsync());
    }

    // A scheme allows for clock skew, so a ticket may be accepted after its end. The open hook ran, and hooks of messages until the next beat.
    [Theory]
    [InlineData("0")]
    [InlineData("-60")]
    public async Task A_peer_whose_ticket_has_expired_before_it_opens_is_closed_with_1008_and_runs_no_hook(string seconds)
    {
        await using var app = await StartAsync(options => options.CloseOnAuthenticationExpiration = true);
        await using var client = await RawClient.DialAsync(app.Port);
        await client.SendRawAsync((byte[])[
            .. System.Text.Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/ledger", ("X-Seconds", seconds))), .. RawFrame.Write("order"), .. RawFrame.Write("another")]);
        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);

        Assert.Equal(1008, await client.ReceiveCloseAsync());
        await client.DisposeAsync();
        await app.Logs.FindAsync(2);
        Assert.Empty(_ledger.Entries);
    }

    // The heartbeat looks about five times a second: a message that arrived before its next look was dispatched.
    [Fact]
    public async Task A_message_after_the_expiry_is_not_dispatched_although_the_heartbeat_has_not_seen_it_yet()
    {
        await using var app = await StartAsync(options => options.CloseOnAuthenticationExpiration = true);
        await using var client = await app.ConnectAsync("/ledger", ("X-Seconds", "60"));
        await client.SendAsync("in time");
        await _ledger.UntilAsync("in time");

        // The wall clock jumps, and no timer fires: only the dispatch of a message looks.
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromSeconds(60));
        await client.SendAsync("too late");

        Assert.Equal(1008, await client.ReceiveCloseAsync());
        await _ledger.UntilAsync("closed");
        Assert.Equal(["opened", "in time", "closed"], _ledger.Entries);
    }

    // They ran when the hook ended, after the expiry and the close frame.
    [Fact]
    public async Task Messages_behind_a_pending_hook_are_not_dispatched_after_the_expiry_and_the_close_hook_runs()
    {
        await using var app = await StartAsync(options => options.CloseOnAuthenticationExpiration = true);
        await using var client = await app.ConnectAsync("/ledger", ("X-Seconds", "60"));
        await client.SendAsync("wait");
        await client.SendAsync("behind");
        await client.SendFrameAsync(RawOpcode.Ping, "x"u8.ToArray());
        await client.ReceiveAsync(RawOpcode.Pong);
        await _ledger.UntilAsync("wait");

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1008, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        _ledger.Gate.SetResult();
        await client.DisposeAsync();

        await _ledger.UntilAsync("closed");
        Assert.Equal(["opened", "wait", "resumed", "closed"], _ledger.Entries);
    }

    private Task<TestApp> StartAsync(Action<PeerOptions> configure) => TestApp.StartAsync(
        app =>
        {
            app.MapPeer<EchoHandler>().RequireAuthorization();
            app.MapPeer<LedgerHandler>("/ledger").RequireAuthorization();
        },
        options =>
        {
            options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
            configure(options);
        },
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time).AddSingleton(_ledger);
            builder.Services.AddAuthentication("ticket").AddScheme<AuthenticationSchemeOptions, Tickets>("ticket", configureOptions: null);
            builder.Services.AddAuthorization();
        });

    private sealed class Tickets(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var properties = new AuthenticationProperties();
            if (int.TryParse(Request.Headers["X-Seconds"], CultureInfo.InvariantCulture, out var seconds)) properties.ExpiresUtc = TimeProvider.GetUtcNow().AddSeconds(seconds);
            var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "ada")], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new(user, properties, Scheme.Name)));
        }
    }
}

/// <summary>What the hooks of <see cref="LedgerHandler"/> wrote down, in order.</summary>
public sealed class Ledger
{
    // Guarded by _lock.
    private readonly Lock _lock = new();
    private readonly List<string> _entries = [];
    private TaskCompletionSource _next = Patience.Signal();

    public TaskCompletionSource Gate { get; } = Patience.Signal();

    public IReadOnlyList<string> Entries
    {
        get { lock (_lock) return [.. _entries]; }
    }

    public void Write(string entry)
    {
        TaskCompletionSource written;
        lock (_lock)
        {
            _entries.Add(entry);
            (written, _next) = (_next, Patience.Signal());
        }

        written.SetResult();
    }

    public async Task UntilAsync(string entry)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_entries.Contains(entry)) return;
                next = _next.Task;
            }

            await next.Soon();
        }
    }
}

public sealed partial class LedgerHandler(Ledger ledger)
{
    [OnOpen]
    private void Opened() => ledger.Write("opened");

    [OnMessage]
    private async Task Write(string text)
    {
        ledger.Write(text);
        if (text != "wait") return;
        await ledger.Gate.Task;
        ledger.Write("resumed");
    }

    [OnPing]
    private void Pinged() => ledger.Write("pinged");

    [OnClose]
    private void Closed() => ledger.Write("closed");
}

[PeerHandler("/token")]
public sealed partial class TokenDoor(TimeProvider time)
{
    [OnUpgrade]
    private UpgradeResult Admit(UpgradeRequest request)
    {
        request.AuthenticationExpires = time.GetUtcNow().AddSeconds(5);
        return UpgradeResult.Accept();
    }

    [OnMessage]
    private static void Text(Peer peer, string text) => peer.Send(text);
}
