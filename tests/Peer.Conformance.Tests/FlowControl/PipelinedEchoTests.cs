using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.FlowControl;

/// <summary>Clients that send much at once and read later.</summary>
public sealed class PipelinedEchoTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private const int Size = 64 * 1000;
    private const int Messages = 36_000_000 / Size;

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    // More than all buffers between hold: the server stops reading until the client reads.
    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_client_that_sends_36_MB_before_it_reads_gets_all_echoes_and_stays(Link link)
    {
        await server.OnlyRemainsAsync(0);
        await using var client = await server.ConnectAsync(link);
        var sending = SendAsync(client);
        await server.ReadingStoppedAsync();
        Assert.False(sending.IsCompleted);

        for (var i = 0; i < Messages; i++) Assert.Equal(Message(i), (await client.ReceiveAsync(RawOpcode.Binary)).Payload);
        await sending.Soon();
        Assert.Equal(1000, await client.CloseAsync());
    }

    private static async Task SendAsync(RawClient client)
    {
        for (var i = 0; i < Messages; i++) await client.SendFrameAsync(RawOpcode.Binary, Message(i));
    }

    private static byte[] Message(int number)
    {
        var message = new byte[Size];
        Array.Fill(message, (byte)number);
        return message;
    }
}
