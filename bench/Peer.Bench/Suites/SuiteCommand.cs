using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>Runs a suite, or all; ends with the figures of everything that ran.</summary>
internal static class SuiteCommand
{
    public static int Run(string name, Arguments arguments, string commandLine)
    {
        var chosen = AllSuites.ByName.Where(suite => name == "all" ? suite.Name != AllSuites.Soak : suite.Name == name).ToList();
        if (chosen.Count == 0) return Help();

        var settings = Settings.Parse(arguments);
        if (settings is { Writes: true, IsQuick: true } or { Writes: true, Only: not null } or { Writes: true, Servers.Count: > 0 })
        {
            Console.Error.WriteLine("--write is for whole suites, measured long enough: leave --quick, --only and --servers out.");
            return 2;
        }

        var figures = new Figures();
        Console.WriteLine(Machine.Describe() + "\n");
        foreach (var (suite, measure) in chosen)
        {
            var tables = measure.Run(settings, figures);
            if (settings.Writes) BenchmarksPage.Write(suite, "./build.sh bench " + commandLine, tables);
        }

        Console.WriteLine(figures);
        return 0;
    }

    public static int Help()
    {
        Console.Error.WriteLine($"""
            usage: ./build.sh bench SUITE [--quick] [--rounds N] [--seconds N] [--only LOAD] [--servers A,B] [--write]

              suites: {string.Join(" | ", AllSuites.ByName.Select(suite => suite.Name))} | all
              --quick   fewer and shorter rounds, for a first look
              --only    one load of the suite, such as c50
              --servers only these, by their names in figures, such as loop,bun
              --write   update docs/benchmarks.md

            Parts of it alone:
              serve peer|managed|signalr|signalr-msgpack|bare --port N [--inline|--loop] [--nats URL|--redis HOST:PORT]
              load --workload echo|typed|fanout|requests|hook|pipelined --server peer|managed|signalr|signalr-msgpack --port N
                [--other-ports N,N] --connections N --depth N --size N
            """);
        return 2;
    }
}
