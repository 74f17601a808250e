using Peers.Bench.InProcess;
using Peers.Bench.Load;
using Peers.Bench.Report;
using Peers.Bench.Servers;

namespace Peers.Bench.Suites;

/// <summary>What Peer itself takes a message, from bytes that were read to bytes that are to be written, with no kernel and no server around it.</summary>
/// <remarks>The least of all batches is what counts on a machine that does other things too.</remarks>
internal sealed class EngineSuite : ISuite
{
    private const int Subscribers = 100;
    private const int Count = 201;
    private const int FewBatches = 41;

    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public string Run(Settings settings, Figures figures)
    {
        using var host = new PeerHost();
        var table = new Table("From bytes to bytes", "case", "ns", "least ns", "allocated B");
        var batches = settings.IsQuick ? FewBatches : Count;
        Echo<EchoPeer>("echo.c50", "Echo, 20 B", "echo", 20, 1);
        Echo<EchoPeer>("echo.d16", "Echo, 20 B, 16 a turn", "echo", 20, 16);
        Echo<EchoPeer>("echo.k1", "Echo, 1 KiB", "echo", 1024, 1);
        Echo<EchoPeer>("echo.k16", "Echo, 16 KiB", "echo", 16 * 1024, 1);
        Echo<TypedPeer>("typed.c50", "A message in, another out", "typed", 0, 1);
        Echo<TypedPeer>("typed.d16", "A message in, another out, 16 a turn", "typed", 0, 16);
        Publish("publish.s100x1", "A delivery to one of 100, 64 B", 1);
        Publish("publish.s100x16", "A delivery to one of 100, 64 B, 16 a turn", 16);
        Console.WriteLine(table);
        return table.ToString();

        void Echo<THandler>(string name, string title, string workload, int size, int depth) where THandler : class, IPeerHandler<THandler>
        {
            if (!settings.Wants(name)) return;
            var peer = HandFedPeer.Open<THandler>(host, Dialect.Of(workload, "peer", size).Request, depth, _services);
            Measure(name, title, peer, peer, messages: 1);
            peer.Close();
        }

        void Publish(string name, string title, int depth)
        {
            if (!settings.Wants(name)) return;
            var payload = Dialect.Of("fanout", "peer", 64).Request;
            var subscribers = Enumerable.Range(0, Subscribers).Select(_ => HandFedPeer.Open<FanoutPeer>(host, payload, depth, _services)).ToList();
            var publisher = HandFedPeer.Open<FanoutPeer>(host, payload, depth, _services);
            Measure(name, title, publisher, subscribers[^1], messages: Subscribers);
            foreach (var peer in subscribers.Prepend(publisher)) peer.Close();
        }

        void Measure(string name, string title, HandFedPeer speaker, HandFedPeer listener, int messages)
        {
            var measured = new Batches(speaker.Hear);
            for (var i = 0; i < batches; i++) measured.Add();
            if (listener.Written == 0) throw new InvalidOperationException($"'{title}' said nothing.");

            var allocated = measured.Allocated() / messages;
            table.Add(title, Table.Number(measured.Median / messages, 1), Table.Number(measured.Least / messages, 1), Table.Number(allocated, 2));
            figures.Add($"engine.{name}.ns", measured.Median / messages, "ns");
            figures.Add($"engine.{name}.least", measured.Least / messages, "ns");
            figures.Add($"engine.{name}.bytes", allocated, "B");
        }
    }
}
