namespace Peers.Bench.Load;

/// <summary>What one run of the load generator saw.</summary>
/// <param name="Messages">Echoes that came back; in a fan-out, deliveries.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="LoadCpu">The share of its core that the generator used: near 1 it is the bottleneck, and the rate says nothing about the server.</param>
/// <param name="ServerCpu">Microseconds of processor time of the server a message.</param>
/// <param name="Allocated">Bytes that the server allocated a message.</param>
/// <param name="P50">Half of the deliveries took at most so many microseconds from publishing; 0 where it is not measured.</param>
/// <param name="P99">As <paramref name="P50"/>, for 99 of 100.</param>
internal sealed record LoadResult(long Messages, double Rate, double LoadCpu, double ServerCpu, double Allocated, double P50 = 0, double P99 = 0);
