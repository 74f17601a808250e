namespace Peers.Bench.Suites;

/// <summary>A load by the name that figures give it.</summary>
/// <param name="Name">Such as <c>c50</c>.</param>
/// <param name="Title">What a table says.</param>
/// <param name="Connections">How many connections; in a fan-out, subscribers.</param>
/// <param name="Depth">How many messages are in flight: on each connection, or of the one publisher.</param>
/// <param name="Size">The length of a text, in bytes.</param>
/// <param name="IsForAll">Whether every contender has a turn; otherwise those that stand for their kind.</param>
internal sealed record ServerLoad(string Name, string Title, int Connections, int Depth, int Size, bool IsForAll = false);
