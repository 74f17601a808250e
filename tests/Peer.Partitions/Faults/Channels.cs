namespace Peers.Partitions;

/// <summary>The channels of a run.</summary>
internal static class Channels
{
    /// <summary>All nodes publish to them all the time.</summary>
    public static readonly string[] Busy = ["busy/0", "busy/1"];

    /// <summary>All nodes publish to it now and then.</summary>
    public static readonly string[] Calm = ["calm"];

    /// <summary>A node publishes to them for the first time when the plan says so.</summary>
    public static readonly string[] New = ["new/0", "new/1", "new/2", "new/3"];

    /// <summary>All nodes publish to them, and only latecomers subscribe.</summary>
    public static readonly string[] Late = ["late/0", "late/1"];

    public static readonly string[] All = [.. Busy, .. Calm, .. New, .. Late];
}

/// <summary>The nodes of a run.</summary>
internal static class Nodes
{
    public const int Count = 3;

    public static string NameOf(int node) => node switch { 0 => "one", 1 => "two", _ => "three" };
}
