using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Clients that do not read what they are sent. What each policy drops is tested where it is decided; the memory that it takes, by the soak.</summary>
public sealed class SlowReaderTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private const int Limit = 1 << 20;

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    public static TheoryData<Link> EveryOwnLink { get; } = [.. Links.OfTheirOwn];

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_subscriber_that_does_not_read_is_closed_at_the_limit_gets_what_was_queued_before_and_delays_no_other(Link link)
    {
        await server.OnlyRemainsAsync(0);
        await using var slow = await server.ConnectAsync(link);
        await slow.SendAsync("here");
        Assert.Equal("here", await slow.ReceiveTextAsync());
        var peer = server.Host.Peers.Single();
        await using var other = await server.ConnectAsync(link);

        peer.Subscribe("flood");
        var queued = -1;
        for (; peer.ReadyState == ReadyState.Open; queued++)
        {
            Assert.InRange(peer.BufferedBytes, 0, Limit);
            server.Host.PublishBinary("flood", Message(queued + 1));
        }

        await other.SendAsync("quick");
        await other.AssertEchoAsync(RawOpcode.Text, "quick"u8.ToArray());

        for (var i = 0; i < queued; i++) Assert.Equal(Message(i), (await slow.ReceiveAsync(RawOpcode.Binary)).Payload);
        Assert.Equal(1013, await slow.ReceiveCloseAsync());
    }

    // Over HTTP/2 a client that gives a stream up amid a write may send on behind its reset, which ends the connection of both; see Http2Tests.
    [Theory]
    [MemberData(nameof(EveryOwnLink))]
    public async Task Whoever_sends_and_never_reads_the_echo_is_closed_and_delays_nobody(Link link)
    {
        await server.OnlyRemainsAsync(0);
        await using var slow = await server.ConnectAsync(link);
        await using var other = await server.ConnectAsync(link);
        var flood = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 2000; i++) await slow.SendFrameAsync(RawOpcode.Binary, Message(i));
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or TimeoutException)
            {
                // It was cut, or is held back.
            }
        });
        for (var i = 0; i < 100; i++)
        {
            await other.SendAsync($"quick {i}");
            Assert.Equal($"quick {i}", await other.ReceiveTextAsync());
        }

        await slow.DisposeAsync();
        await flood;
        Assert.Equal(1000, await other.CloseAsync());
        await server.OnlyRemainsAsync(0);
    }

    private static byte[] Message(int number)
    {
        var message = new byte[16 << 10];
        Array.Fill(message, (byte)number);
        return message;
    }
}
