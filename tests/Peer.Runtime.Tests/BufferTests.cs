using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What is kept of long messages after their peers have left.</summary>
[Collection(nameof(Alone))]
public sealed class BufferTests : IDisposable
{
    private const int MessageSize = 4 * 1024 * 1024;
    private const int Clients = 8;

    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    // The shared pool kept their buffers: 490 MB a minute after thirty peers with messages of 15 MB had left.
    [Fact]
    public async Task Buffers_of_long_messages_are_not_kept_when_their_peers_have_left()
    {
        await ServeAsync(messageSize: 1024);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await ServeAsync(MessageSize);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 * MessageSize);
    }

    [Fact]
    public void Arrays_up_to_the_limit_are_pooled_and_larger_ones_are_new()
    {
        var pooled = Buffers.Rent<byte>(Buffers.LargestPooled);
        Buffers.Return(pooled);
        Assert.Same(pooled, Buffers.Rent<byte>(Buffers.LargestPooled));

        var large = Buffers.Rent<byte>(Buffers.LargestPooled + 1);
        Buffers.Return(large);
        Assert.NotSame(large, Buffers.Rent<byte>(Buffers.LargestPooled + 1));
        Assert.Equal(Buffers.LargestPooled, Buffers.Rent<char>(Buffers.LargestPooled).Length);
    }

    // All at once, so that each needs buffers of its own; half of them leave amid a message.
    private async Task ServeAsync(int messageSize)
    {
        var options = new PeerOptions { MaxMessageSize = 2 * MessageSize, MaxBufferedBytes = 4 * MessageSize, MaxHookBytes = 4 * MessageSize };
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = (peer, text) => Answer(peer, text) }, options)));
        await Task.WhenAll(clients.Select(client => ExchangeAsync(client, messageSize)));
        foreach (var client in clients) await client.SendRawAsync(MemoryClient.Encode(new string('y', messageSize))[..(messageSize / 2)]);
        foreach (var client in clients) await client.DropAsync();
        foreach (var client in clients) await client.Run.WaitAsync(Patience.Limit);
    }

    private static ValueTask Answer(Peer peer, string text)
    {
        peer.Send(text);
        return default;
    }

    private static async Task ExchangeAsync(MemoryClient client, int messageSize)
    {
        var sending = client.SendAsync(new string('x', messageSize)).AsTask();
        Assert.Equal(messageSize, (await client.ReceiveTextAsync()).Length);
        await sending;
    }
}
