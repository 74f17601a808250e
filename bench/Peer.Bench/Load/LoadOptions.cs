using System.Globalization;

namespace Peers.Bench.Load;

/// <summary>What the load generator does.</summary>
/// <param name="Workload"><c>echo</c>, <c>typed</c>, <c>fanout</c>, <c>requests</c>, <c>hook</c> or <c>pipelined</c>.</param>
/// <param name="Server">Whose dialect it speaks: <c>signalr</c>, or anything else.</param>
/// <param name="Port">Where the server listens, on the loopback; of several, the one that is published to.</param>
/// <param name="Connections">How many connections; in a fan-out, subscribers.</param>
/// <param name="Depth">
/// How many messages are in flight: on each connection, or of the one publisher. Of <c>requests</c>, how many one write holds.
/// </param>
/// <param name="Size">The length of a text, in bytes.</param>
/// <param name="Warmup">Seconds before anything is counted.</param>
/// <param name="Seconds">Seconds that are counted.</param>
internal sealed record LoadOptions(string Workload, string Server, int Port, int Connections, int Depth, int Size, double Warmup, double Seconds)
{
    /// <summary>Where the other nodes listen. Connections are spread over all.</summary>
    public IReadOnlyList<int> OtherPorts { get; init; } = [];

    /// <summary>Where all nodes listen.</summary>
    public IReadOnlyList<int> Ports => [Port, .. OtherPorts];

    public static LoadOptions Parse(Arguments arguments) => new(
        arguments.Text("--workload", "echo"),
        arguments.Text("--server", "peer"),
        arguments.Number("--port", 5000),
        arguments.Number("--connections", 50),
        arguments.Number("--depth", 1),
        arguments.Number("--size", 20),
        arguments.Fraction("--warmup", 1),
        arguments.Fraction("--seconds", 2))
    {
        OtherPorts = [.. arguments.Text("--other-ports", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(port => int.Parse(port, CultureInfo.InvariantCulture))],
    };

    public string[] ToArguments() =>
    [
        "--workload", Workload,
        "--server", Server,
        "--port", Invariant(Port),
        "--other-ports", string.Join(',', OtherPorts.Select(port => Invariant(port))),
        "--connections", Invariant(Connections),
        "--depth", Invariant(Depth),
        "--size", Invariant(Size),
        "--warmup", Invariant(Warmup),
        "--seconds", Invariant(Seconds),
    ];

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
