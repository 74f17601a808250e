using System.IO.Pipelines;

namespace Peers.Bench.InProcess;

/// <summary>A transport with nothing below it: what is read is given by hand, what is written is counted.</summary>
internal sealed class NullTransport : PeerTransport
{
    // Completed by Abort: until then the connection believes that it may still hear something.
    private readonly TaskCompletionSource _end = new();

    public long Written { get; private set; }

    public override Task ReadAllAsync(PeerConnection connection) => _end.Task;

    public override void ReleaseInput() { }

    public override void Write(ReadOnlySpan<byte> bytes) => Written += bytes.Length;

    public override ValueTask<FlushResult> FlushAsync() => default;

    public override ValueTask CompleteAsync() => default;

    public override void Abort() => _end.TrySetResult();
}
