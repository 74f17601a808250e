using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Peers.TestKit;

namespace Peers.Tests;

/// <summary>A server whose process has no file descriptor left: whoever is there is served on, and whoever comes is accepted as soon as one is free.</summary>
public sealed class DescriptorTests
{
    private const int Limit = 250;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Without_descriptors_nobody_is_refused_for_good_and_nobody_is_disturbed(int loops)
    {
        await using var server = await StartAsync(loops);
        await using var first = await RawClient.ConnectAsync(server.Address.Port, "/raw");
        await WarmAsync(server.Address.Port);
        Socket[] crowd = [.. Enumerable.Range(0, Limit + 20).Select(_ => Connect(server.Address.Port))];

        // Those that the process has no descriptor for wait in the kernel.
        await server.HasPrintedAsync("No connection can be accepted: the process has no file descriptor left. Raise the limit of open files");
        await EchoAsync(first);
        var late = RawClient.ConnectAsync(server.Address.Port, "/raw");
        await EchoAsync(first);
        foreach (var socket in crowd) socket.Dispose();
        await using var accepted = await late;
        await EchoAsync(accepted);
        await EchoAsync(first);
    }

    private static Task<ServerProcess> StartAsync(int loops)
    {
        var framework = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Peer.TestServer/bin/Release", framework, "Peer.TestServer.dll"));
        var script = string.Create(CultureInfo.InvariantCulture, $"ulimit -n {Limit}; export PEER_TEST_LOOPS={loops}; exec dotnet \"$0\" \"$@\"");
        return ServerProcess.StartAsync("/bin/sh", 0, null, "-c", script, program);
    }

    // What the runtime loads when it is first needed, it cannot load without a descriptor: a whole life of a connection, and one that says nothing.
    private static async Task WarmAsync(int port)
    {
        await using (var client = await RawClient.ConnectAsync(port, "/raw")) await EchoAsync(client);
        Connect(port).Dispose();
        await using (var client = await RawClient.ConnectAsync(port, "/raw")) await EchoAsync(client);
    }

    private static async Task EchoAsync(RawClient client)
    {
        await client.SendAsync("still here");
        Assert.Equal("still here", await client.ReceiveTextAsync());
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }
}
