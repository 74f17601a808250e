using System.IO.Pipelines;

namespace Peers.Tests.Kit;

/// <summary>A transport that reads nothing by itself: the test gives the connection its bytes. What is written is lost.</summary>
internal sealed class HandFedTransport : PeerTransport
{
    private readonly TaskCompletionSource _ended = Patience.Signal();

    public bool FailsToAbort { get; set; }

    /// <summary>Ends reading.</summary>
    public void End() => _ended.TrySetResult();

    public override Task ReadAllAsync(PeerConnection connection) => _ended.Task;

    public override void ReleaseInput()
    {
    }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
    }

    public override ValueTask<FlushResult> FlushAsync() => default;

    public override ValueTask CompleteAsync() => default;

    public override void Abort()
    {
        if (FailsToAbort) throw new InvalidOperationException();
    }
}
