namespace Peers.Fuzzing;

/// <summary>All targets.</summary>
internal static class Targets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
        [new FramesTarget(), new HandshakeTarget(), new InflateTarget(), new MessageTarget(), new ConnectionTarget()];

    /// <summary>The target of that name, or null.</summary>
    public static IFuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
