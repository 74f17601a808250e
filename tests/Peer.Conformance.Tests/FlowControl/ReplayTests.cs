using Microsoft.Extensions.DependencyInjection;
using Peers.Tests.Kit;

namespace Peers.Tests.FlowControl;

/// <summary>A hook sends a long history to its own peer while the peer's output is full of what others have published.</summary>
public sealed class ReplayTests
{
    private readonly Diary _diary = new();

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_history_sent_into_full_output_arrives_complete_between_what_was_published_before_and_after(Link link)
    {
        await using var app = await StartAsync(link, static _ => { });
        using var http = Links.CreateHttp();
        await using var client = await link.ConnectNarrowAsync(http, app.Port, "/history");
        Assert.Equal("subscribed", await _diary.NextAsync());
        var peer = app.Host.Peers.Single();
        var live = PublishUntilFull(app.Host, peer);
        await client.SendAsync("history");

        // Twice MaxBufferedBytes, and none of it is refused.
        Assert.Equal(string.Join(' ', Enumerable.Range(0, History.Length)), await _diary.NextAsync());
        for (var i = 0; i < live; i++) Assert.Equal(History.Message("live", i), await client.ReceiveTextAsync());
        for (var i = 0; i < History.Length; i++) Assert.Equal(History.Message("history", i), await client.ReceiveTextAsync());
        app.Host.Publish("live", History.Message("live", live));
        Assert.Equal(History.Message("live", live), await client.ReceiveTextAsync());
        Assert.Equal(ReadyState.Open, peer.ReadyState);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_history_longer_than_MaxHookBytes_arrives_as_far_as_Send_accepted_it(Link link)
    {
        await using var app = await StartAsync(link, static options => options.MaxHookBytes = 512 * 1024);
        using var http = Links.CreateHttp();
        await using var client = await link.ConnectNarrowAsync(http, app.Port, "/history");
        Assert.Equal("subscribed", await _diary.NextAsync());
        var peer = app.Host.Peers.Single();
        var live = PublishUntilFull(app.Host, peer);
        await client.SendAsync("history");
        var accepted = (await _diary.NextAsync()).Split(' ');
        await app.Logs.FindAsync(31);

        Assert.InRange(accepted.Length, 60, History.Length - 1);
        for (var i = 0; i < live; i++) Assert.Equal(History.Message("live", i), await client.ReceiveTextAsync());
        foreach (var i in accepted) Assert.Equal(History.Message("history", int.Parse(i)), await client.ReceiveTextAsync());
        peer.Send("last");
        Assert.Equal("last", await client.ReceiveTextAsync());
    }

    // How many messages were published: as many as the peer's limit for them has room for.
    private static int PublishUntilFull(PeerHost host, Peer peer)
    {
        var count = 0;
        for (; peer.BufferedBytes < (1 << 20) - (2 * History.Size); count++) host.Publish("live", History.Message("live", count));
        return count;
    }

    private Task<TestApp> StartAsync(Link link, Action<PeerOptions> options) => TestApp.StartAsync(
        app => app.MapPeer<History>(), options, builder => builder.Services.AddSingleton(_diary), link.Protocols(), link.IsEncrypted());
}

/// <summary>Subscribes to what is live, and sends the history to a client that asks for it.</summary>
[PeerHandler("/history")]
public sealed partial class History(Diary diary)
{
    /// <summary>How many messages it has.</summary>
    public const int Length = 256;

    /// <summary>How long each is.</summary>
    public const int Size = 8 * 1024;

    public static string Message(string from, int number) => $"{from} {number} ".PadRight(Size, '.');

    [OnOpen]
    private void Opened(Peer peer)
    {
        peer.Subscribe("live");
        diary.Write("subscribed");
    }

    [OnMessage]
    private void Requested(Peer peer, string from) =>
        diary.Write(string.Join(' ', Enumerable.Range(0, Length).Where(i => peer.Send(Message(from, i)) <= SendStatus.Backpressured)));
}
