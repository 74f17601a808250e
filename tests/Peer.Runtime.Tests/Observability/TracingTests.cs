using System.Diagnostics;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>The spans of hooks: where they belong, and that they are current while their hook runs and at no other time.</summary>
public sealed class TracingTests : IDisposable
{
    private readonly PeerHost _host = new();
    private readonly SpanSink _spans = new();
    private readonly Activity _request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

    public void Dispose()
    {
        _request.Dispose();
        _spans.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task The_upgrade_hook_is_part_of_the_requests_trace()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        var upgrade = _spans.Single(client.Peer, "Scripted/OnUpgrade");

        Assert.Equal(_request.Id, upgrade.ParentId);
        Assert.Equal(ActivityKind.Internal, upgrade.Kind);
    }

    [Fact]
    public async Task Every_later_hook_is_a_trace_of_its_own_that_is_linked_with_the_request()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Echo());
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("hello");
            await client.ReceiveTextAsync();
        }

        Activity[] spans = [.. _spans.Of(client.Peer).Where(span => span.DisplayName != "Scripted/OnUpgrade")];
        Assert.Equal(["Scripted/OnOpen", "Scripted/$text", "Scripted/$text"], spans.Select(span => span.DisplayName));
        Assert.Equal(3, spans.Select(span => span.TraceId).Append(_request.TraceId).Distinct().Count() - 1);
        Assert.All(spans, span => Assert.Equal((null, ActivityKind.Server, _request.Context), (span.ParentId, span.Kind, span.Links.Single().Context)));
    }

    [Fact]
    public async Task A_request_that_is_not_recorded_is_linked_with_nothing()
    {
        _request.ActivityTraceFlags = ActivityTraceFlags.None;
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());

        Assert.Empty(_spans.Single(client.Peer, "Scripted/OnOpen").Links);
    }

    [Fact]
    public async Task A_span_says_which_hook_of_which_peer_and_for_what()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Echo());
        await client.SendAsync("hello");
        await client.ReceiveTextAsync();

        Assert.Equal(
            [new("peer.handler", "Scripted"), new("peer.hook", "OnMessage"), new("peer.id", client.Peer.Id.ToString()), new("peer.message.type", "$text")],
            _spans.Single(client.Peer, "Scripted/$text").TagObjects);
    }

    [Fact]
    public async Task A_span_is_current_before_and_after_its_hook_awaited()
    {
        var gate = Patience.Signal();
        var (before, after) = (Patience.Signal<Activity?>(), Patience.Signal<Activity?>());
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (_, _) =>
            {
                before.SetResult(Activity.Current);
                await gate.Task;
                after.SetResult(Activity.Current);
            },
        });
        await client.SendAsync("wait");
        var span = await before.Soon();
        gate.SetResult();

        Assert.Equal("Scripted/OnMessage", span?.OperationName);
        Assert.Same(span, await after.Soon());
    }

    [Fact]
    public async Task Hooks_of_two_peers_that_await_at_once_keep_to_their_own_spans()
    {
        var (gate, started) = (Patience.Signal(), new CountdownEvent(2));
        var handler = () => new ScriptedHandler
        {
            Text = async (peer, _) =>
            {
                started.Signal();
                await gate.Task;
                peer.Send($"{Equals(Activity.Current?.GetTagItem("peer.id"), peer.Id.ToString())}");
            },
        };
        await using var one = await MemoryClient.ConnectAsync(_host, handler());
        await using var other = await MemoryClient.ConnectAsync(_host, handler());
        await one.SendAsync("a");
        await other.SendAsync("b");
        Assert.True(started.Wait(Patience.Limit));
        gate.SetResult();

        Assert.Equal(("True", "True"), (await one.ReceiveTextAsync(), await other.ReceiveTextAsync()));
    }

    [Fact]
    public async Task A_hook_that_ends_inside_another_leaves_it_its_span()
    {
        // Its continuation runs where it is completed: in the other hook, on that thread.
        var inline = new TaskCompletionSource();
        var waits = Patience.Signal();
        await using var waiting = await MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = (_, _) => { waits.SetResult(); return new(inline.Task); } });
        await using var ending = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = (peer, _) =>
            {
                var before = Activity.Current;
                inline.SetResult();
                peer.Send($"{before is not null && Activity.Current == before}");
                return default;
            },
        });
        await waiting.SendAsync("wait");
        await waits.Soon();
        await ending.SendAsync("end");

        Assert.Equal("True", await ending.ReceiveTextAsync());
        Assert.NotNull(_spans.Single(waiting.Peer, "Scripted/$text"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_hook_throws_is_in_its_span_and_the_error_hook_below_it(bool later)
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ErrorHandler
        {
            Text = async (_, _) =>
            {
                if (later) await Task.Yield();
                throw new InvalidOperationException("why");
            },
        });
        await client.SendAsync("fail");
        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
        await client.DisposeAsync();

        var failed = _spans.Single(client.Peer, "WithError/$text");
        Assert.Equal((ActivityStatusCode.Error, "why"), (failed.Status, failed.StatusDescription));
        Assert.Equal("System.InvalidOperationException", failed.GetTagItem("error.type"));
        Assert.Equal("exception", failed.Events.Single().Name);
        Assert.Equal(failed.Id, _spans.Single(client.Peer, "WithError/OnError").ParentId);
    }

    [Fact]
    public async Task A_hook_that_gave_up_because_its_peer_left_has_not_failed()
    {
        var ended = Patience.Signal();
        var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = (peer, _) => new(Task.Delay(Timeout.Infinite, peer.Closed)),
            Close = (_, _) => { ended.SetResult(); return default; },
        });
        await client.SendAsync("wait");
        await client.DisposeAsync();
        await ended.Soon();

        Assert.Equal(ActivityStatusCode.Unset, _spans.Single(client.Peer, "Scripted/$text").Status);
    }

    [Fact]
    public async Task Nothing_of_a_span_is_left_on_the_thread()
    {
        // The sink of the pipe runs the hook on this thread, inside the call.
        Activity.Current = null;
        await using var client = await MemoryClient.ConnectAsync(_host, Echo());
        client.Connection.Receive(MemoryClient.Encode("hello"));

        Assert.Null(Activity.Current);
        Assert.NotNull(_spans.Single(client.Peer, "Scripted/$text"));
    }

    [Fact]
    public async Task A_listener_that_throws_loses_no_message()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Peers",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = span => ThrowFor(span, "Mute"),
            ActivityStopped = span => ThrowFor(span, "Mute"),
        };
        ActivitySource.AddActivityListener(listener);
        var opened = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new MuteHandler { Open = _ => { opened.SetResult(); return default; } });

        await opened.Soon();
    }

    private static void ThrowFor(Activity span, string handler)
    {
        if (Equals(span.GetTagItem("peer.handler"), handler)) throw new InvalidOperationException();
    }

    private static ScriptedHandler Echo() => new() { Text = (peer, text) => { peer.Send(text); return default; } };
}
