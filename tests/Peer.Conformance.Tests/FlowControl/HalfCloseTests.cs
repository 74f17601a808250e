using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.FlowControl;

/// <summary>Clients that send a close frame, or shut down their sending side, while the server has stopped reading because they do not read.</summary>
public sealed class HalfCloseTests
{
    private const int Requests = 1000;

    private readonly Diary _diary = new();

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    // A close frame is handled at once: requests that wait then still reach their hooks, but can no longer be answered.
    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task Each_request_before_a_close_frame_reaches_its_hook_and_what_was_replied_until_then_is_delivered(Link link)
    {
        await using var app = await StartAsync(link);
        using var http = Links.CreateHttp();
        await using var client = await link.ConnectNarrowAsync(http, app.Port, "/ledger");
        await client.SendRawAsync(LedgerRequests());
        await app.Logs.FindAsync(27);
        await client.SendCloseAsync();

        var frame = await ReceiveRepliesAsync(client);
        Assert.Equal((RawOpcode.Close, 1000), (frame.Opcode, frame.CloseCode));
        await AssertClosedOnceAsync(app, $"{Requests} requests, closed 1000 by Remote");
    }

    // Without a close frame the connection counts as lost, RFC 6455 §7.1.5. What was not read yet is lost with it: Kestrel takes the end of one direction for the end of both.
    [Fact]
    public async Task The_end_of_input_while_reading_is_stopped_ends_the_peer_once_and_no_reply_before_it_is_out_of_order()
    {
        await using var app = await StartAsync(Link.Tcp);
        await using var client = await RawClient.ConnectNarrowAsync(app.Port, "/ledger", tls: false, receiveBuffer: 8 * 1024);
        await client.SendRawAsync(LedgerRequests());
        await app.Logs.FindAsync(27);
        client.HalfClose();
        await Assert.ThrowsAnyAsync<IOException>(() => ReceiveRepliesAsync(client));

        await AssertClosedOnceAsync(app, "closed 1006 by Remote, not clean");
    }

    // Returns the first frame that is no reply. Replies come in the order of the requests.
    private static async Task<RawFrame> ReceiveRepliesAsync(RawClient client)
    {
        for (var i = 0; ; i++)
        {
            var frame = await client.ReceiveFrameAsync();
            if (frame.Opcode != RawOpcode.Text) return frame;
            Assert.StartsWith($"{i} ", frame.Text, StringComparison.Ordinal);
        }
    }

    private async Task AssertClosedOnceAsync(TestApp app, string expected)
    {
        Assert.EndsWith(expected, await _diary.NextAsync(), StringComparison.Ordinal);
        await app.Logs.FindAsync(2);
        Assert.Empty(_diary.Rest());
        Assert.Equal(0, app.Host.PeerCount);
    }

    // Short, so that all of them reach the server however little it reads; their replies are 16 MB.
    private static byte[] LedgerRequests() => [.. Enumerable.Range(0, Requests).SelectMany(i => RawFrame.Write($"{i} ".PadRight(100, '.')))];

    private Task<TestApp> StartAsync(Link link) => TestApp.StartAsync(
        app => app.MapPeer<Ledger>(), configure: builder => builder.Services.AddSingleton(_diary), protocols: link.Protocols(), tls: link.IsEncrypted());
}

/// <summary>Answers short requests with long replies, and counts them.</summary>
[PeerHandler("/ledger")]
public sealed partial class Ledger(Diary diary)
{
    private int _count;

    [OnMessage]
    private void Requested(Peer peer, string text)
    {
        _count++;
        peer.Send(text.PadRight(16 * 1024, '.'));
    }

    [OnClose]
    private void Closed(CloseEvent close) =>
        diary.Write($"{_count} requests, closed {(int)close.Code} by {close.Initiator}{(close.WasClean ? "" : ", not clean")}");
}
