using System.Net.Sockets;
using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>What a connection costs while nobody says anything: resident bytes between N connections and twice as many, after a collection.</summary>
/// <remarks>Each has said one message and heard its echo. The file limit must allow twice N, here and in the server.</remarks>
internal sealed class IdleSuite : ISuite
{
    private const int Connections = 5000;
    private const int FewConnections = 1000;

    private static readonly Contender[] s_contenders = [Contender.Loop, Contender.Pipes, Contender.Managed, Contender.SignalR, Contender.Bun, Contender.NodeWs, Contender.Bare];

    public string Run(Settings settings, Figures figures)
    {
        var connections = settings.IsQuick ? FewConnections : Connections;
        var table = new Table($"Between {Table.Number(connections)} and {Table.Number(connections * 2)} connections", "server", "resident B a connection", "managed heap B a connection", "resident MiB at the end");
        var bytes = new Dictionary<Contender, double>();
        foreach (var contender in s_contenders.Where(Rivals.IsThere))
        {
            var (few, many) = Measure(contender, connections);
            var resident = bytes[contender] = (double)(many.Resident - few.Resident) / connections;
            table.Add(contender.Name, Table.Number(resident), Table.Number((double)(many.Live - few.Live) / connections), Table.Number(many.Resident / 1048576.0, 1));
            figures.Add($"idle.{contender.Id}.bytes", resident, "B");
        }

        figures.Ratio("idle.pipes.vs-bare", bytes[Contender.Pipes] / bytes[Contender.Bare]);
        Console.WriteLine(table);
        return table.ToString();
    }

    private static (ServerStats Few, ServerStats Many) Measure(Contender contender, int connections)
    {
        var dialect = Dialect.Of("echo", contender.Kind, size: 20);
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

        ServerStats Open(int count)
        {
            for (var i = 0; i < count; i++)
            {
                sockets.Add(Client.Open(server.Port, dialect));
                Client.Exchange(sockets[^1], dialect.Request, dialect.Reply);
            }

            return ServerStats.Of(server.Port, collect: true);
        }
    }
}
