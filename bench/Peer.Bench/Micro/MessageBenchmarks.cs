using BenchmarkDotNet.Attributes;
using Peers.Bench.Codec;

namespace Peers.Bench.Micro;

/// <summary>A message written and read; the <c>codec</c> suite has the other sizes, and System.Text.Json beside them.</summary>
public class MessageBenchmarks
{
    private const int Times = 100;

    private readonly Codecs _small = Samples.All.Single(codec => codec.Name == "small");

    [Benchmark(OperationsPerInvoke = Times)]
    public void Write() => _small.Write(Times);

    [Benchmark(OperationsPerInvoke = Times)]
    public void Read() => _small.Read(_small.Wire.Written, Times);
}
