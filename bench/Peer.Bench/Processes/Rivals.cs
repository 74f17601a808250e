using Peers.Bench.Report;

namespace Peers.Bench.Processes;

/// <summary>The servers of bench/rivals, where npm has installed what they run on: <c>./build.sh bench</c> does where there is npm.</summary>
internal static class Rivals
{
    /// <summary>This program's servers of Peer, compiled ahead of time: <c>./build.sh bench</c> makes it.</summary>
    public static readonly string Native = Repository.PathOf("artifacts", "bench", "Peer.Bench.Aot");

    private static readonly string s_folder = Repository.PathOf("bench", "rivals");

    /// <summary>Whether a contender can be started: it is one of ours, or installed.</summary>
    public static bool IsThere(Contender contender) => contender.Kind switch
    {
        "bun" => Bun() is not null,
        _ when contender.IsNative => File.Exists(Native),
        "ws" => Directory.Exists(Path.Combine(s_folder, "node_modules", "ws")),
        _ => true,
    };

    /// <summary>What starts it: a program and the script that it runs; null where it is a server of this program.</summary>
    public static (string File, string Script)? CommandOf(Contender contender) => contender.Kind switch
    {
        "bun" => (Bun()!, Path.Combine(s_folder, "bun.js")),
        "ws" => ("node", Path.Combine(s_folder, "ws.js")),
        _ => null,
    };

    // A package a platform, of which npm installs the one that fits.
    private static string? Bun()
    {
        var packages = Path.Combine(s_folder, "node_modules", "@oven");
        return Directory.Exists(packages) ? Directory.EnumerateFiles(packages, "bun", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault() : null;
    }
}
