using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What happens to a connection whose loop ends while somebody may still be sending on it.</summary>
public sealed class LoopEndTests
{
    [Fact]
    public async Task A_socket_keeps_its_number_until_its_connection_has_ended()
    {
        // A loop used to close it at its end: what a hook that was given up sent just then could go to whatever got the number next.
        var cancellation = TestContext.Current.CancellationToken;
        await using var transport = new EventLoopTransport(Options.Create(new PeerEventLoopOptions { Loops = 1 }), NullLoggerFactory.Instance);
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), cancellation);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint, cancellation);
        await using var accepted = await listener.AcceptAsync(cancellation);
        var socket = InodeOf(((IPEndPoint)listener.EndPoint).Port, ((IPEndPoint)client.LocalEndPoint!).Port);
        var loop = transport.Running[0];
        await listener.UnbindAsync(cancellation);
        await transport.DisposeAsync();

        Assert.Equal(0, await client.ReceiveAsync(new byte[1], cancellation));
        Assert.True(IsOpen(socket));
        await accepted!.DisposeAsync();
        var closed = Patience.Signal();
        loop.Post(_ => closed.SetResult(), loop);
        await closed.Soon();
        Assert.False(IsOpen(socket));
    }

    [Fact]
    public async Task A_connection_that_cannot_be_handed_over_faults_and_its_socket_is_closed()
    {
        // The task never completed, so that the request, and with it the shutdown of the server, waited for ever.
        var cancellation = TestContext.Current.CancellationToken;
        await using var transport = new EventLoopTransport(Options.Create(new PeerEventLoopOptions { Loops = 1 }), NullLoggerFactory.Instance);
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), cancellation);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint, cancellation);
        var accepted = await listener.AcceptAsync(cancellation);
        var socket = InodeOf(((IPEndPoint)listener.EndPoint).Port, ((IPEndPoint)client.LocalEndPoint!).Port);
        using var host = new PeerHost();
        await using var connection = PeerConnection.Create<Worker>(host, new(), new ServiceCollection().BuildServiceProvider());
        var detachable = accepted!.Features.Get<IDetachableConnection>()!;

        await Assert.ThrowsAsync<NotSupportedException>(() => detachable.DetachAsync(connection, _ => throw new NotSupportedException()).Soon());
        await accepted.DisposeAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], cancellation));
        var closed = Patience.Signal();
        transport.Running[0].Post(_ => closed.SetResult(), transport);
        await closed.Soon();
        Assert.False(IsOpen(socket));
    }

    [Fact]
    public async Task What_is_handed_over_to_a_loop_is_flushed_although_the_loop_ends_or_has_ended()
    {
        var transport = new EventLoopTransport(Options.Create(new PeerEventLoopOptions { Loops = 2 }), NullLoggerFactory.Instance);
        await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), TestContext.Current.CancellationToken);
        var loops = transport.Running;
        using var host = new PeerHost();
        var peers = await Task.WhenAll(Enumerable.Range(0, 32).Select(number => NotedPeer.JoinAsync(host, loops[number % 2], published: 100)));

        // The loops end somewhere in between.
        var publishing = Task.Factory.StartNew(() => Publish(host, 99), TaskCreationOptions.LongRunning);
        await transport.DisposeAsync();
        await publishing;
        Publish(host, 1);

        foreach (var peer in peers) await peer.HasAll.Soon();
    }

    private static void Publish(PeerHost host, int count)
    {
        for (var i = 0; i < count; i++) host.PublishBinary(Worker.All.Name, [1]);
    }

    // The columns of /proc/net/tcp: number, local and remote address in hexadecimal, …, inode.
    private static string InodeOf(int localPort, int remotePort)
    {
        var (local, remote) = (":" + localPort.ToString("X4", CultureInfo.InvariantCulture), ":" + remotePort.ToString("X4", CultureInfo.InvariantCulture));
        return File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(columns => columns[1].EndsWith(local, StringComparison.Ordinal) && columns[2].EndsWith(remote, StringComparison.Ordinal))[9];
    }

    private static bool IsOpen(string inode) => Directory.EnumerateFiles("/proc/self/fd").Any(path => new FileInfo(path).LinkTarget == $"socket:[{inode}]");
}
