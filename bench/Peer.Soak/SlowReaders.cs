using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Peers.TestKit;

namespace Peers.Soak;

/// <summary>A hundred peers that never read, each sent its own messages of 1 KiB: the process stays within its bound, and who reads is not delayed.</summary>
internal static class SlowReaders
{
    private const int Peers = 100;
    private const int MessageSize = 1024;
    // Goes out whatever waits: header, code and reason.
    private const int CloseFrame = 127;
    private const int MessagesEach = 10_000;

    // Beyond peers × MaxBufferedBytes: slack of the heap, and what the pool of arrays keeps however many peers there are: of each size below the limit,
    // 1 MiB in all, up to 32 a core.
    private static readonly long s_constant = (32L << 20) + ((32L << 20) * Environment.ProcessorCount);

    private static readonly TimeSpan s_longestRoundTrip = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Ledger ledger, SlowPeerPolicy policy, bool isPublished)
    {
        var options = new PeerOptions();
        await using var server = await SoakServer.StartAsync(all => (all.SlowPeerPolicy, all.CloseTimeout) = (policy, TimeSpan.FromMinutes(1)));
        await using var reader = await RawClient.ConnectAsync(server.Port, "/sleepers/reader");
        var sleepers = new List<Socket>();
        for (var i = 0; i < Peers; i++) sleepers.Add(await SleepAsync(server.Port, i));
        await SoakServer.UntilAsync(() => server.Host.PeerCount == Peers + 1);
        var before = Resident();

        using var end = new CancellationTokenSource();
        var timing = Task.Run(() => TimeRoundTripsAsync(reader, end.Token));
        var mostWaiting = await Task.Run(() => Flood(server.Host, isPublished));
        var growth = Resident() - before;
        await end.CancelAsync();
        var trips = await timing;

        var bound = ((long)Peers * options.MaxBufferedBytes) + s_constant;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slow readers, {policy}, {(isPublished ? "published" : "sent")}: {MessagesEach:N0} messages to each of {Peers}, at most {mostWaiting / 1048576.0:F1} MiB waiting; the process grew by {growth / 1048576.0:F1} MiB, {bound / 1048576.0:F0} MiB allowed; a reader's {trips.Count:N0} round trips took {Median(trips):F2} ms in the middle, {trips.Max():F0} ms at most"));
        ledger.AddConnections(Peers + 1);
        ledger.AddMessages(trips.Count);
        ledger.Require(growth <= bound, $"the process grew by {growth:N0} bytes under {policy}");
        ledger.Require(mostWaiting > (long)Peers * options.MaxBufferedBytes / 2, $"only {mostWaiting:N0} bytes ever waited under {policy}: the bound was not tried");
        ledger.Require(mostWaiting <= (long)Peers * (options.MaxBufferedBytes + CloseFrame), $"{mostWaiting:N0} bytes waited under {policy}");
        ledger.Require(trips.Max() <= s_longestRoundTrip.TotalMilliseconds, $"a peer that reads was delayed by {trips.Max():F0} ms under {policy}");
        foreach (var sleeper in sleepers) sleeper.Dispose();
    }

    // The system's own buffers hold some 3 MiB of each before anything waits here.
    private static long Flood(PeerHost host, bool isPublished)
    {
        var mostWaiting = 0L;
        var message = new byte[MessageSize];
        var sleepers = host.Peers.Where(peer => peer.Route("number") != "reader").ToArray();
        for (var round = 0; round < MessagesEach; round++)
        {
            foreach (var peer in sleepers)
            {
                if (isPublished) host.PublishBinary($"sleepers/{peer.Route("number")}", message);
                else peer.SendBinary(message);
            }

            if (round % 64 == 0) mostWaiting = Math.Max(mostWaiting, sleepers.Sum(peer => peer.BufferedBytes));
        }

        return mostWaiting;
    }

    private static async Task<List<double>> TimeRoundTripsAsync(RawClient reader, CancellationToken end)
    {
        var trips = new List<double>();
        do
        {
            var sent = Stopwatch.GetTimestamp();
            await reader.SendAsync("well?");
            await reader.ReceiveTextAsync();
            trips.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
        while (!end.IsCancellationRequested);
        return trips;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // A window as small as it may be, so that what is sent soon waits in the server.
    private static async Task<Socket> SleepAsync(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawClient.UpgradeRequest($"/sleepers/{number}")));
        return socket;
    }

    private static long Resident()
    {
        SoakServer.LiveBytes();
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
