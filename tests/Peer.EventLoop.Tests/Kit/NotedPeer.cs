using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Peers.Transports;

namespace Peers.Tests.Kit;

/// <summary>A peer that a loop serves, as far as flushing goes: it has no socket and counts the bytes it is given.</summary>
internal sealed class NotedPeer(EventLoop loop, int expected) : PeerTransport
{
    private static readonly ServiceProvider s_services = new ServiceCollection().BuildServiceProvider();

    // RFC 6455 §5.2: two bytes of header, one of payload.
    private const int FrameLength = 3;

    private readonly TaskCompletionSource _ended = Patience.Signal();
    private int _written;

    /// <summary>Completes when everything was written that is expected.</summary>
    public TaskCompletionSource HasAll { get; } = Patience.Signal();

    internal override IFlusher Flusher => loop;

    /// <summary>Makes one, which joins <see cref="Worker.All"/>.</summary>
    /// <param name="host">Whose peer it is.</param>
    /// <param name="loop">Who serves it.</param>
    /// <param name="published">How many messages of one byte it is to get.</param>
    public static async Task<NotedPeer> JoinAsync(PeerHost host, EventLoop loop, int published)
    {
        var connection = PeerConnection.Create<Worker>(host, new(), s_services);
        await connection.UpgradeAsync(new MemoryRequest(s_services));
        var transport = new NotedPeer(loop, published * FrameLength);
        _ = connection.RunAsync(transport);
        return transport;
    }

    public override Task ReadAllAsync(PeerConnection connection) => _ended.Task;

    public override void ReleaseInput()
    {
    }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        _written += bytes.Length;
        if (_written == expected) HasAll.SetResult();
    }

    public override ValueTask<FlushResult> FlushAsync() => default;

    public override ValueTask CompleteAsync() => default;

    public override void Abort() => _ended.TrySetResult();
}
