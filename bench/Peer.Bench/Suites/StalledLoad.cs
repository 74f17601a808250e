using System.Net;
using System.Net.Sockets;
using System.Text;
using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;
using Peers.Bench.Servers;

namespace Peers.Bench.Suites;

/// <summary>By how much a server grows for a hundred clients that never read, each subscribed to a channel to which 16 MiB are published.</summary>
/// <remarks>
/// Part of the slow suite. Each policy gets a new server. Resident memory is measured after a collection, as soon as everything has been
/// published and while the clients' sockets are still open. The peak is measured without collecting.
/// </remarks>
internal static class StalledLoad
{
    /// <summary>What <c>--only</c> calls it.</summary>
    public const string Name = "stalled";

    private const int MessageLength = 4096;
    private const int Messages = 4096;
    private const int MessagesPerStep = 64;
    private const double Mebibyte = 1 << 20;

    // As small as it may be, so that output waits in the server soon.
    private const int ReceiveBuffer = 4096;

    private static readonly Contender[] s_contenders = [Contender.Pipes, Contender.Loop];
    private static readonly byte[] s_marker = Encoding.ASCII.GetBytes("published");

    public static Table Run(Settings settings, Figures figures)
    {
        Contender[] here = [.. s_contenders.Where(settings.Wants)];
        var title = $"{Name}: {StalledPeer.Count} clients that never read, {Messages * MessageLength >> 20} MiB published to each";
        var table = new Table(title, "server", "policy", "grown by MiB", "at most MiB");
        foreach (var policy in here.Length == 0 ? [] : Enum.GetValues<SlowPeerPolicy>())
        {
            var highest = double.MinValue;
            foreach (var contender in here)
            {
                var (growth, peak) = Repeat(contender, policy, settings.IsQuick ? 1 : 3);
                table.Add(contender.Name, policy.ToString(), Table.Number(growth, 1), Table.Number(peak, 1));
                figures.Add($"slow.{contender.Id}.{IdOf(policy)}.stalled.rss", growth, "MiB");
                figures.Add($"slow.{contender.Id}.{IdOf(policy)}.stalled.peak", peak, "MiB");
                highest = Math.Max(highest, growth);
            }

            figures.Add($"slow.{IdOf(policy)}.stalled.rss", highest, "MiB");
        }

        return table;
    }

    private static string IdOf(SlowPeerPolicy policy) => policy switch
    {
        SlowPeerPolicy.Close => "close",
        SlowPeerPolicy.DropNewest => "drop-newest",
        SlowPeerPolicy.DropOldest => "drop-oldest",
        SlowPeerPolicy.KeepLatest => "keep-latest",
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, null),
    };

    private static (double Growth, double Peak) Repeat(Contender contender, SlowPeerPolicy policy, int times)
    {
        var all = Enumerable.Range(0, times).Select(_ => Measure(contender, policy)).ToList();
        return (all.Select(one => one.Growth).Median(), all.Select(one => one.Peak).Median());
    }

    private static (double Growth, double Peak) Measure(Contender contender, SlowPeerPolicy policy)
    {
        using var server = Server.Start(contender);
        using var publisher = Client.Connect(server.Port);
        Client.Upgrade(publisher, "/stalled/publisher");
        var step = StepOf(MessagesPerStep);

        // Code is compiled, and pools hold what publishing takes when no subscriber is connected.
        Publish(publisher, step);
        var stalled = Enumerable.Range(0, StalledPeer.Count).Select(number => Open(server.Port, policy, number)).ToList();
        try
        {
            var before = ServerStats.Of(server.Port, collect: true).Resident;
            var peak = before;
            for (var sent = 0; sent < Messages; sent += MessagesPerStep)
            {
                Publish(publisher, step);
                peak = Math.Max(peak, ServerStats.Of(server.Port).Resident);
            }

            return (Grown(ServerStats.Of(server.Port, collect: true).Resident), Grown(peak));

            double Grown(long resident) => (resident - before) / Mebibyte;
        }
        finally
        {
            foreach (var socket in stalled) socket.Dispose();
        }
    }

    // Answered once all of it has been published.
    private static void Publish(Socket publisher, byte[] step)
    {
        publisher.Send(step);
        Client.Exchange(publisher, s_marker, s_marker);
    }

    private static byte[] StepOf(int messages)
    {
        var frame = ClientFrame.Binary(new byte[MessageLength]);
        return [.. Enumerable.Repeat(frame, messages).SelectMany(bytes => bytes)];
    }

    // The reply shows that the client has joined its channel; it reads nothing after it.
    private static Socket Open(int port, SlowPeerPolicy policy, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBuffer };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        Client.Upgrade(socket, StalledPeers.PathOf(policy, number));
        Client.Exchange(socket, s_marker, s_marker);
        return socket;
    }
}
