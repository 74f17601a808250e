using System.Globalization;
using System.Net.Sockets;
using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>What a connection costs while nobody says anything: resident bytes between 10,000 connections and twice as many.</summary>
/// <remarks>
/// Each has said one message and heard its reply; Peer's are in a room, a hundred in each, and the bare pipes' come by the same route. As many came and went before, so that code is
/// compiled and what a server keeps for everyone is there. Where the limit of open files allows less, as many as it does: it holds here and in the server.
/// </remarks>
internal sealed class IdleSuite : ISuite
{
    private const int Connections = 10_000;
    private const int FewConnections = 1000;
    private const int RoomSize = 100;

    // Garbage is collected several times, with pauses in which a server's compiler goes on with what it has seen to be called often.
    private const int Collections = 6;

    // What a process has open besides connections.
    private const int OtherFiles = 400;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(600);

    private static readonly Contender[] s_contenders = [Contender.Loop, Contender.Pipes, Contender.Bare, Contender.Managed, Contender.SignalR, Contender.Bun, Contender.NodeWs];

    public string Run(Settings settings, Figures figures)
    {
        var connections = settings.IsQuick ? FewConnections : Math.Min(Connections, (FileLimit() - OtherFiles) / 200 * 100);
        var table = new Table($"Between {Table.Number(connections)} and {Table.Number(connections * 2)} connections", "server", "resident B a connection", "of that the managed heap", "resident MiB at the end");
        var bytes = new Dictionary<Contender, double>();
        foreach (var contender in s_contenders.Where(Rivals.IsThere).Where(contender => settings.Wants(contender.Id) && settings.Wants(contender)))
        {
            var (few, many) = Measure(contender, connections);
            bytes[contender] = Marginal(point => point.Resident);
            var live = Marginal(point => point.Live);
            table.Add(contender.Name, Table.Number(bytes[contender]), Table.Number(live), Table.Number(many.Resident / 1048576.0, 1));
            figures.Add($"idle.{contender.Id}.bytes", bytes[contender], "B");
            figures.Add($"idle.{contender.Id}.live", live, "B");

            double Marginal(Func<ServerStats, long> value) => (double)(value(many) - value(few)) / connections;
        }

        if (bytes.TryGetValue(Contender.Bare, out var bare) && bytes.TryGetValue(Contender.Pipes, out var pipes)) figures.Ratio("idle.pipes.vs-bare", pipes / bare);
        Console.WriteLine(table);
        return table.ToString();
    }

    private static (ServerStats Few, ServerStats Many) Measure(Contender contender, int connections)
    {
        var dialect = Dialect.Of("idle", contender.Kind, size: 20);
        var sockets = new List<Socket>(connections * 2);
        using var server = Server.Start(contender);
        try
        {
            Open(connections);
            CloseAll();
            Settled(server.Port);
            var few = Open(connections);
            return (few, Open(connections));
        }
        finally
        {
            CloseAll();
        }

        void CloseAll()
        {
            foreach (var socket in sockets) socket.Dispose();
            sockets.Clear();
        }

        ServerStats Open(int count)
        {
            for (var i = 0; i < count; i++)
            {
                sockets.Add(Client.Open(server.Port, dialect.In(sockets.Count / RoomSize)));
                Client.Exchange(sockets[^1], dialect.Request, dialect.Reply);
            }

            return Settled(server.Port);
        }
    }

    private static ServerStats Settled(int port)
    {
        for (var i = 1; i < Collections; i++)
        {
            ServerStats.Of(port, collect: true);
            Thread.Sleep(s_pause);
        }

        return ServerStats.Of(port, collect: true);
    }

    private static int FileLimit()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue;
    }
}
