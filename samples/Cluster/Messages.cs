using Peers;

namespace Cluster;

/// <summary>What a page says.</summary>
[Message] public readonly partial record struct Say(string Text);

/// <summary>Whatever everyone at the table is told, on every node.</summary>
public interface ITableEvent;

[Message] public readonly partial record struct Said(string Who, string Node, string Text, DateTimeOffset At) : ITableEvent;

/// <summary>Who is connected to one node. Told when it changes, and every second for those who have just come.</summary>
[Message] public readonly partial record struct Here(string Node, string[] Names) : ITableEvent;

/// <summary>Where one is, and under which name.</summary>
[Message] public readonly partial record struct YouAre(string Name, string Node);

/// <summary>How many are at the table, on how many nodes; nodes that did not answer in time are missing from it.</summary>
[Message] public readonly partial record struct Counted(int People, int Nodes, int Missing);

/// <summary>Something that was said on another node may not have come here.</summary>
[Message] public readonly partial record struct MayHaveMissed(string Why);
