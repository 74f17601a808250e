using BenchmarkDotNet.Attributes;
using Peers.Bench.InProcess;
using Peers.Bench.Servers;

namespace Peers.Bench.Micro;

/// <summary>A delivery to one of a hundred subscribers of a channel, from the frame that was read to the bytes that are to be written.</summary>
public class PublishBenchmarks
{
    private const int Subscribers = 100;

    private readonly PeerHost _host = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private HandFedPeer? _publisher;

    [GlobalSetup]
    public void Setup()
    {
        var payload = new byte[64];
        payload.AsSpan().Fill((byte)'x');
        for (var i = 0; i < Subscribers; i++) HandFedPeer.Open<FanoutPeer>(_host, payload, depth: 1, _services);
        _publisher = HandFedPeer.Open<FanoutPeer>(_host, payload, depth: 1, _services);
    }

    [Benchmark(OperationsPerInvoke = Subscribers)]
    public void Publish() => _publisher!.Hear(1);

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (var peer in _host.Peers) peer.Terminate();
        _host.Dispose();
        _services.Dispose();
    }
}
