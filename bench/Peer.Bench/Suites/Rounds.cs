using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>What every server did with one load, round by round.</summary>
internal sealed class Rounds
{
    // A server's code is compiled anew for speed while this runs.
    private const double CompileSeconds = 3;

    private readonly Dictionary<Contender, List<LoadResult>> _results = [];

    /// <summary>Starts the servers, lets each grow warm, then gives them turns.</summary>
    public static Rounds Run(string workload, ServerLoad load, IReadOnlyList<Contender> contenders, Settings settings)
    {
        var rounds = new Rounds();
        var servers = new List<Deployment>();
        try
        {
            foreach (var contender in contenders)
            {
                servers.Add(Deployment.Start(contender));
                rounds._results[contender] = [];
                Generator.Run(OptionsOf(contender, servers[^1]) with { Warmup = settings.IsQuick ? 1 : CompileSeconds, Seconds = 0.5 });
            }

            for (var i = 0; i < settings.Rounds * contenders.Count; i++)
            {
                // Each round begins with another server.
                var turn = (i + (i / contenders.Count)) % contenders.Count;
                rounds._results[contenders[turn]].Add(Generator.Run(OptionsOf(contenders[turn], servers[turn])));
            }
        }
        finally
        {
            foreach (var server in servers) server.Dispose();
        }

        return rounds;

        LoadOptions OptionsOf(Contender contender, Deployment servers) =>
            new(workload, contender.Kind, servers.Ports[0], load.Connections, load.Depth, load.Size, settings.Warmup, settings.Seconds) { OtherPorts = [.. servers.Ports.Skip(1)] };
    }

    public double Median(Contender contender, Func<LoadResult, double> value) => _results[contender].Select(value).Median();

    /// <summary>How many times the messages a second of another, in the same round.</summary>
    public double Ratio(Contender contender, Contender other) => _results[contender].Zip(_results[other], (ours, theirs) => ours.Rate / theirs.Rate).Median();

    /// <summary>How many times the processor time a message of another, in the same round. It moves less than the rate where other things run on the machine.</summary>
    public double CpuRatio(Contender contender, Contender other) => _results[contender].Zip(_results[other], (ours, theirs) => ours.ServerCpu / theirs.ServerCpu).Median();
}
