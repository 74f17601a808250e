using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.FlowControl;

/// <summary>A peer that subscribes to the channel that its own hooks publish to, and causes more than may wait for it.</summary>
public sealed class OwnChannelTests
{
    private const int Messages = 1000;

    public static TheoryData<SlowPeerPolicy> EveryPolicy { get; } = [.. Enum.GetValues<SlowPeerPolicy>()];

    public static TheoryData<SlowPeerPolicy> EveryDroppingPolicy { get; } = [SlowPeerPolicy.DropNewest, SlowPeerPolicy.DropOldest, SlowPeerPolicy.KeepLatest];

    [Theory]
    [MemberData(nameof(EveryPolicy))]
    public async Task What_its_hooks_publish_to_it_is_neither_dropped_nor_closes_it_under_any_policy(SlowPeerPolicy policy)
    {
        await using var app = await StartAsync(options => options.SlowPeerPolicy = policy);
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());
        await using var client = await ConnectAsync(app);
        await client.SendRawAsync(Enumerable.Range(0, Messages).SelectMany(static i => RawFrame.Write($"once {i}")).ToArray());

        for (var i = 0; i < Messages; i++) Assert.Equal(i, NumberOf(await client.ReceiveTextAsync()));
        await AssertStaysAsync(client);
        AssertNothingDropped(reader);
    }

    // Such a message was dropped without a line in the log or a count: unlike Send, Publish returns nothing that would say so.
    [Theory]
    [MemberData(nameof(EveryPolicy))]
    [Trait("option", "MaxHookBytes")]
    public async Task A_hook_that_publishes_more_than_MaxHookBytes_to_its_own_peer_loses_the_rest_and_that_is_logged_and_counted(SlowPeerPolicy policy)
    {
        await using var app = await StartAsync(options => (options.SlowPeerPolicy, options.MaxHookBytes) = (policy, 2 << 20));
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());
        await using var client = await ConnectAsync(app);
        await client.SendAsync($"all {Messages}");
        var line = await app.Logs.FindAsync(31);

        Assert.Contains("MaxHookBytes (2,097,152 bytes)", line.Text, StringComparison.Ordinal);
        var count = (await ReceiveUntilMarkAsync(client)).Length;
        Assert.InRange(count, 100, Messages - 1);
        await reader.UntilAsync($"peer.exceeded_limits{{peer.handler=Mirror,peer.limit=MaxHookBytes}} {Messages - count}");
        AssertNothingDropped(reader);
    }

    // After an await the runtime cannot tell whose hook publishes: docs/limits.md says that the peer's policy decides then.
    [Theory]
    [MemberData(nameof(EveryDroppingPolicy))]
    public async Task What_a_hook_publishes_after_an_await_is_dropped_by_the_policy_over_the_limit_and_counted(SlowPeerPolicy policy)
    {
        await using var app = await StartAsync(options => options.SlowPeerPolicy = policy);
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());
        await using var client = await ConnectAsync(app);
        await client.SendAsync($"later {Messages}");
        Assert.Equal(SendStatus.Queued, await _published.Soon());

        var numbers = await ReceiveUntilMarkAsync(client);
        Assert.Equal(numbers.Order(), numbers);
        Assert.InRange(numbers.Length, 1, Messages - 1);
        if (policy != SlowPeerPolicy.DropNewest) Assert.Equal(Messages - 1, numbers[^1]);
        Assert.Contains($"peer.dropped_messages{{peer.handler=Mirror,peer.policy={policy}}} {Messages - numbers.Length}", reader.Lines());
    }

    [Fact]
    public async Task What_a_hook_publishes_after_an_await_closes_its_peer_over_the_limit_under_the_policy_close()
    {
        await using var app = await StartAsync(static _ => { });
        await using var client = await ConnectAsync(app);
        await client.SendAsync($"later {Messages}");
        await app.Logs.FindAsync(13);

        // What was accepted before is still delivered.
        var next = 0;
        RawFrame frame;
        for (frame = await client.ReceiveFrameAsync(); frame.Opcode == RawOpcode.Text; frame = await client.ReceiveFrameAsync()) Assert.Equal(next++, NumberOf(frame.Text));
        Assert.Equal((RawOpcode.Close, 1013), (frame.Opcode, frame.CloseCode));
        Assert.InRange(next, 64, Messages - 1);
    }

    private readonly TaskCompletionSource<SendStatus> _published = Patience.Signal<SendStatus>();

    // A mark behind everything that waits. It must not be published: that could be dropped too.
    private static async Task<int[]> ReceiveUntilMarkAsync(RawClient client)
    {
        await client.SendAsync("mark");
        List<int> numbers = [];
        while (await client.ReceiveTextAsync() is not "mark" and var text) numbers.Add(NumberOf(text));
        return [.. numbers];
    }

    private static async Task AssertStaysAsync(RawClient client)
    {
        await client.SendAsync("mark");
        Assert.Equal("mark", await client.ReceiveTextAsync());
    }

    private static void AssertNothingDropped(MeterReader reader) =>
        Assert.DoesNotContain(reader.Lines(), static line => line.StartsWith("peer.dropped_messages", StringComparison.Ordinal));

    private static int NumberOf(string text) => int.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)));

    private static Task<RawClient> ConnectAsync(TestApp app) => RawClient.ConnectNarrowAsync(app.Port, "/mirror", tls: false, receiveBuffer: 8 * 1024);

    private Task<TestApp> StartAsync(Action<PeerOptions> options) =>
        TestApp.StartAsync(app => app.MapPeer<Mirror>(), options, builder => builder.Services.AddSingleton(_published));
}

/// <summary>Publishes to the channel that it subscribes to: once, many in one hook, or many after an await.</summary>
[PeerHandler("/mirror")]
public sealed partial class Mirror(TaskCompletionSource<SendStatus> published)
{
    private const int Size = 16 * 1024;

    [OnOpen]
    private static void Opened(Peer peer) => peer.Subscribe("mirror");

    [OnMessage]
    private ValueTask Requested(Peer peer, string text)
    {
        var words = text.Split(' ');
        switch (words[0])
        {
            case "once":
                Publish(peer, int.Parse(words[1]));
                return default;
            case "all":
                PublishAll(peer, int.Parse(words[1]));
                return default;
            case "later":
                return PublishLaterAsync(peer, int.Parse(words[1]));
            default:
                peer.Send(text);
                return default;
        }
    }

    private async ValueTask PublishLaterAsync(Peer peer, int count)
    {
        await Task.Yield();
        PublishAll(peer, count);
        published.SetResult(SendStatus.Queued);
    }

    private static void PublishAll(Peer peer, int count)
    {
        for (var i = 0; i < count; i++) Publish(peer, i);
    }

    private static void Publish(Peer peer, int number) => peer.Host.Publish("mirror", $"{number} ".PadRight(Size, '.'));
}
