namespace Peers.Bench.Load;

/// <summary>What one run of a burst load saw.</summary>
/// <param name="Closed">How many connections did not receive all replies, one after another or at once, whichever are more.</param>
/// <param name="Rate">Megabytes of replies a second on all connections at once; connections that were closed do not count.</param>
/// <param name="SingleRate">Megabytes of replies a second on one connection at a time.</param>
/// <param name="LoadCpu">The share of its core that the generator used with all connections at once.</param>
internal sealed record BurstResult(int Closed, double Rate, double SingleRate, double LoadCpu);
