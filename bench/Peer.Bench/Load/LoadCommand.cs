using System.Text.Json;

namespace Peers.Bench.Load;

/// <summary><c>load</c>: one run of the load generator against a server that is up. Prints its result as one line of JSON.</summary>
internal static class LoadCommand
{
    public static int Run(Arguments arguments)
    {
        var options = LoadOptions.Parse(arguments);
        Console.WriteLine(options.Workload switch
        {
            "fanout" => JsonSerializer.Serialize(Fanout(options)),
            var workload when Burst.IsOne(workload) => JsonSerializer.Serialize(new BurstLoad(options).Run()),
            _ => JsonSerializer.Serialize(Echo(options)),
        });
        return 0;
    }

    private static LoadResult Echo(LoadOptions options)
    {
        using var load = new EchoLoad(options);
        return load.Run();
    }

    private static LoadResult Fanout(LoadOptions options)
    {
        using var load = new FanoutLoad(options);
        return load.Run();
    }
}
