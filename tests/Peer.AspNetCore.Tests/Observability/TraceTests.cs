using System.Diagnostics;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>A conversation through a server, whose request was traced by its client, and every span that it leaves.</summary>
public sealed class TraceTests
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _caller = ActivitySpanId.CreateRandom();

    [Fact]
    public async Task Every_hook_has_a_span_that_leads_to_the_request()
    {
        using var spans = new SpanLog("Trail", _trace, _ => true);
        var peer = await TalkAsync(isRecorded: true);
        var request = await spans.FindAsync("Microsoft.AspNetCore.Hosting.HttpRequestIn");
        await spans.FindAsync("Trail/OnClose");

        Assert.Equal((_trace, _caller), (request.TraceId, request.ParentSpanId));
        Assert.Equal(
            [
                "Trail/OnUpgrade Internal, child of the request: OnUpgrade",
                "Trail/OnOpen Server, linked with the request: OnOpen",
                "Trail/step Server, linked with the request: OnMessage step",
                "Trail/wander Server, linked with the request: OnMessage wander",
                "Trail/$binary Server, linked with the request: OnMessage $binary",
                "Trail/stumble Server, linked with the request: OnMessage stumble, Error 'a stone' System.FormatException",
                "Trail/OnError Internal, child of Trail/stumble: OnError",
                "Trail/OnPing Server, linked with the request: OnPing",
                "Trail/OnPong Server, linked with the request: OnPong",
                "Trail/OnClose Server, linked with the request: OnClose",
            ],
            Describe(spans, request, peer));
    }

    [Fact]
    public async Task Each_of_them_but_the_first_and_the_error_begins_a_trace()
    {
        using var spans = new SpanLog("Trail", _trace, _ => true);
        await TalkAsync(isRecorded: true);
        await spans.FindAsync("Trail/OnClose");
        var traces = spans.Ended.Where(span => span.Kind == ActivityKind.Server && span.Source.Name == "Peers").Select(span => span.TraceId).ToArray();

        Assert.Equal(8, traces.Length);
        Assert.Equal(9, traces.Append(_trace).Distinct().Count());
    }

    [Fact]
    public async Task What_a_hook_threw_is_an_event_of_its_span()
    {
        using var spans = new SpanLog("Trail", _trace, _ => true);
        await TalkAsync(isRecorded: true);
        var thrown = (await spans.FindAsync("Trail/stumble")).Events.Single();

        Assert.Equal("exception", thrown.Name);
        Assert.Contains(new("exception.type", "System.FormatException"), thrown.Tags);
        Assert.Contains(new("exception.message", "a stone"), thrown.Tags);
    }

    [Fact]
    public async Task What_is_not_sampled_leaves_none()
    {
        using var spans = new SpanLog("Trail", _trace, _ => false);
        await TalkAsync(isRecorded: true);

        Assert.Empty(spans.Ended);
    }

    [Fact]
    public async Task Of_a_request_that_is_not_recorded_the_upgrade_leaves_none_and_later_hooks_are_linked_with_nothing()
    {
        // As a sampler does that follows the parent, and takes what has none.
        using var spans = new SpanLog("Trail", _trace, options => options.Parent == default || options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded));
        await TalkAsync(isRecorded: false);
        await spans.FindAsync("Trail/OnClose");

        Assert.DoesNotContain(spans.Ended, span => span.OperationName == "Trail/OnUpgrade");
        Assert.Equal(9, spans.Ended.Count);
        Assert.All(spans.Ended, span => Assert.Empty(span.Links));
    }

    // Every hook once; returns when the server has closed its side and nothing of the peer is left to do.
    private async Task<string> TalkAsync(bool isRecorded)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<Trail>());
        await using var client = await app.ConnectAsync("/trail", ("traceparent", $"00-{_trace}-{_caller}-{(isRecorded ? "01" : "00")}"));
        var peer = To(await client.ReceiveTextAsync());
        await client.SendAsync("""{"type":"step","to":"there"}""");
        Assert.Equal("there", To(await client.ReceiveTextAsync()));
        await client.SendAsync("""{"type":"wander","to":"elsewhere"}""");
        Assert.Equal("elsewhere", To(await client.ReceiveTextAsync()));
        await client.SendFrameAsync(RawOpcode.Binary, new byte[3]);
        await client.ReceiveAsync(RawOpcode.Binary);
        await client.SendAsync("""{"type":"stumble","over":"a stone"}""");
        Assert.Equal("on", To(await client.ReceiveTextAsync()));
        await client.SendFrameAsync(RawOpcode.Ping, default);
        await client.ReceiveAsync(RawOpcode.Pong);
        Assert.Equal("ping", To(await client.ReceiveTextAsync()));
        await client.SendFrameAsync(RawOpcode.Pong, default);
        Assert.Equal("pong", To(await client.ReceiveTextAsync()));
        await client.CloseAsync(1000);
        await app.StopAsync();
        return peer;
    }

    private static string To(string stepped) => stepped.Split('"')[^2];

    private static IEnumerable<string> Describe(SpanLog spans, Activity request, string peer)
    {
        var names = spans.Ended.ToDictionary(span => span.SpanId, span => span == request ? "the request" : span.DisplayName);
        foreach (var span in spans.Ended.Where(span => span != request).OrderBy(span => span.StartTimeUtc))
        {
            Assert.Equal(("Trail", peer), (span.GetTagItem("peer.handler"), span.GetTagItem("peer.id")));
            var place = span.Parent is { } parent ? $"child of {names[parent.SpanId]}" : $"linked with {names[span.Links.Single().Context.SpanId]}";
            var of = string.Join(' ', [span.GetTagItem("peer.hook"), .. (object?[])(span.GetTagItem("peer.message.type") is { } type ? [type] : [])]);
            var failure = span.Status == ActivityStatusCode.Unset ? "" : $", {span.Status} '{span.StatusDescription}' {span.GetTagItem("error.type")}";
            yield return $"{span.DisplayName} {span.Kind}, {place}: {of}{failure}";
        }
    }
}
