using System.Globalization;
using System.Net.Sockets;
using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>What a connection costs while nobody says anything: resident bytes between 10,000 connections and twice as many.</summary>
/// <remarks>
/// Each has said one message and heard its reply; Peer's are in a room, a hundred in each. Where the limit of open files allows less, as many as it does: it holds here and in the server.
/// </remarks>
internal sealed class IdleSuite : ISuite
{
    private const int Connections = 10_000;
    private const int FewConnections = 1000;
    private const int RoomSize = 100;

    // What a process has open besides connections.
    private const int OtherFiles = 400;

    private static readonly Contender[] s_contenders = [Contender.Loop, Contender.Pipes, Contender.Bare, Contender.Managed, Contender.SignalR, Contender.Bun, Contender.NodeWs];

    public string Run(Settings settings, Figures figures)
    {
        var connections = settings.IsQuick ? FewConnections : Math.Min(Connections, (FileLimit() - OtherFiles) / 200 * 100);
        var table = new Table($"Between {Table.Number(connections)} and {Table.Number(connections * 2)} connections", "server", "resident B a connection", "after a collection", "of that the managed heap", "resident MiB at the end");
        var bytes = new Dictionary<Contender, double>();
        foreach (var contender in s_contenders.Where(Rivals.IsThere).Where(contender => settings.Wants(contender.Id)))
        {
            var (few, many) = Measure(contender, connections);
            bytes[contender] = Marginal(point => point.Collected.Resident);
            var live = Marginal(point => point.Collected.Live);
            table.Add(contender.Name, Table.Number(Marginal(point => point.AsItIs.Resident)), Table.Number(bytes[contender]), Table.Number(live), Table.Number(many.AsItIs.Resident / 1048576.0, 1));
            figures.Add($"idle.{contender.Id}.bytes", bytes[contender], "B");
            figures.Add($"idle.{contender.Id}.live", live, "B");

            double Marginal(Func<Point, long> value) => (double)(value(many) - value(few)) / connections;
        }

        if (bytes.TryGetValue(Contender.Bare, out var bare) && bytes.TryGetValue(Contender.Pipes, out var pipes)) figures.Ratio("idle.pipes.vs-bare", pipes / bare);
        Console.WriteLine(table);
        return table.ToString();
    }

    private static (Point Few, Point Many) Measure(Contender contender, int connections)
    {
        var dialect = Dialect.Of("idle", contender.Kind, size: 20);
        var sockets = new List<Socket>(connections * 2);
        using var server = Server.Start(contender);
        try
        {
            var few = Open(connections);
            return (few, Open(connections));
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }

        Point Open(int count)
        {
            for (var i = 0; i < count; i++)
            {
                sockets.Add(Client.Open(server.Port, dialect.In(sockets.Count / RoomSize)));
                Client.Exchange(sockets[^1], dialect.Request, dialect.Reply);
            }

            return new(ServerStats.Of(server.Port), ServerStats.Of(server.Port, collect: true));
        }
    }

    private static int FileLimit()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue;
    }

    // What the server says when so many are there: at once, and after it collected its garbage.
    private sealed record Point(ServerStats AsItIs, ServerStats Collected);
}
