using Peers.Bench.Processes;

namespace Peers.Bench.Suites;

/// <summary>The suites by name, in the order in which <c>all</c> runs them.</summary>
internal static class AllSuites
{
    /// <summary>The one that <c>all</c> leaves out: it takes long, and compares nothing.</summary>
    public const string Soak = "soak";

    private static readonly Contender[] s_defaults =
        [Contender.Loop, Contender.LoopNative, Contender.Pipes, Contender.PipesNative, Contender.Managed, Contender.SignalR, Contender.SignalRPack, Contender.Bun, Contender.NodeWs];

    private static readonly Contender[] s_withInline = [.. s_defaults, Contender.PipesInline, Contender.ManagedInline];
    private static readonly Contender[] s_withFloor = [.. s_withInline, Contender.Bare];

    public static IReadOnlyList<(string Name, ISuite Suite)> ByName { get; } =
    [
        ("echo", new ServerSuite("echo", EchoLoads, s_withFloor)),
        ("typed", new ServerSuite("typed", TypedLoads, s_withInline)),
        ("fanout", new ServerSuite("fanout", FanoutLoads, s_defaults)),
        ("cluster", new ClusterSuite()),
        ("codec", new CodecSuite()),
        ("generator", new GeneratorSuite()),
        ("engine", new EngineSuite()),
        ("micro", new MicroSuite()),
        ("idle", new IdleSuite()),
        ("startup", new StartupSuite()),
        ("slow", new SlowSuite()),
        (Soak, new SoakSuite()),
    ];

    private static ServerLoad[] EchoLoads =>
    [
        new("c50", "50 connections, 20 B", 50, 1, 20, IsForAll: true),
        new("c200", "200 connections, 20 B", 200, 1, 20),
        new("c1000", "1,000 connections, 20 B", 1000, 1, 20),
        new("k1", "50 connections, 1 KiB", 50, 1, 1024),
        new("k16", "50 connections, 16 KiB", 50, 1, 16 * 1024),
        new("d16", "50 connections, 20 B, 16 in flight", 50, 16, 20, IsForAll: true),
    ];

    private static ServerLoad[] TypedLoads =>
    [
        new("c50", "50 connections", 50, 1, 0, IsForAll: true),
        new("d16", "50 connections, 16 in flight", 50, 16, 0, IsForAll: true),
    ];

    private static ServerLoad[] FanoutLoads =>
    [
        new("s200x1", "200 subscribers, 64 B", 200, 1, 64, IsForAll: true),
        new("s1000x1", "1,000 subscribers, 64 B", 1000, 1, 64),
        new("s200x16", "200 subscribers, 64 B, 16 in flight", 200, 16, 64),
        new("s1000x16", "1,000 subscribers, 64 B, 16 in flight", 1000, 16, 64),
    ];
}
