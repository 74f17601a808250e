using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>What every server did with one load, round by round.</summary>
internal sealed class Rounds
{
    // A server's code is compiled anew for speed when it has run often enough, on the core that it serves with: how long that goes on differs from server to server.
    private const int MinWarmups = 3;
    private const int MaxWarmups = 12;
    private const double SettledShare = 0.01;

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
                Warm(OptionsOf(contender, servers[^1]) with { Warmup = 0, Seconds = 1 }, settings.IsQuick ? 1 : MinWarmups, settings.IsQuick ? 1 : MaxWarmups);
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

    // Until no more than the settled share of a turn goes to the compiler.
    private static void Warm(LoadOptions options, int atLeast, int atMost)
    {
        var compiled = 0.0;
        for (var i = 1; i <= atMost; i++)
        {
            Generator.Run(options);
            var before = compiled;
            compiled = ServerStats.Of(options.Ports).CompileMicroseconds;
            if (i >= atLeast && compiled - before < SettledShare * options.Seconds * 1_000_000) return;
        }
    }

    public double Median(Contender contender, Func<LoadResult, double> value) => _results[contender].Select(value).Median();

    /// <summary>How many times the messages a second of another, in the same round.</summary>
    public double Ratio(Contender contender, Contender other) => Ratio(contender, other, result => result.Rate);

    /// <summary>How many times the value of another, in the same round.</summary>
    public double Ratio(Contender contender, Contender other, Func<LoadResult, double> value) =>
        _results[contender].Zip(_results[other], (ours, theirs) => value(ours) / value(theirs)).Median();
}
