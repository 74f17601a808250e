using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Peers.Tests.Kit;

namespace Peers.Tests.Transports;

/// <summary>A transport that can no longer be written to: the peer is lost, nobody who sends notices, and the log says why.</summary>
public sealed class OutputFailureTests : IDisposable
{
    private const int OutputFailed = 28;

    private readonly LogSink _log = new();
    private readonly PeerHost _host;

    public OutputFailureTests() => _host = new(loggers: _log);

    public void Dispose() => _host.Dispose();

    public static TheoryData<string> EveryPlace { get; } = ["write", "flush", "flush later"];

    // What a transport threw was swallowed: whoever searched for the cause of a 1006 found nothing.
    [Theory]
    [MemberData(nameof(EveryPlace))]
    public async Task What_it_throws_is_logged_once_and_thrown_at_nobody(string place)
    {
        var transport = new Failing(place);
        var closed = Patience.Signal<CloseEvent>();
        var services = new OneService(new ScriptedHandler { Close = (_, close) => { closed.SetResult(close); return default; } });
        var connection = PeerConnection.Create<ScriptedHandler>(_host, new(), services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        var run = connection.RunAsync(transport);
        connection.Peer.Send("one");
        transport.FailLater();
        Assert.Equal(SendStatus.Closed, connection.Peer.Send("two"));
        connection.Peer.Ping();

        Assert.Equal(new CloseEvent(CloseCode.Abnormal, "", WasClean: false, CloseInitiator.Remote), await closed.Soon());
        await run.WaitAsync(Patience.Limit);
        var line = Assert.Single(_log.Lines, line => line.EventId == OutputFailed);
        Assert.Equal((LogLevel.Debug, place), (line.Level, line.Exception!.Message));
    }

    [Fact]
    public async Task What_it_throws_because_this_end_cut_it_is_not_logged()
    {
        var transport = new Failing("flush later");
        var services = new OneService(new ScriptedHandler());
        var connection = PeerConnection.Create<ScriptedHandler>(_host, new(), services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        var run = connection.RunAsync(transport);
        connection.Peer.Send("one");
        connection.Peer.Terminate();
        transport.FailLater();

        await run.WaitAsync(Patience.Limit);
        Assert.DoesNotContain(_log.Lines, line => line.EventId == OutputFailed);
    }

    private sealed class Failing(string place) : PeerTransport
    {
        private readonly TaskCompletionSource _ended = Patience.Signal();
        private readonly TaskCompletionSource<FlushResult> _flush = new();

        public void FailLater() => _flush.TrySetException(new IOException("flush later"));

        public override Task ReadAllAsync(PeerConnection connection) => _ended.Task;

        public override void ReleaseInput()
        {
        }

        public override void Write(ReadOnlySpan<byte> bytes) => ThrowIf("write");

        public override ValueTask<FlushResult> FlushAsync()
        {
            ThrowIf("flush");
            return new(_flush.Task);
        }

        public override ValueTask CompleteAsync() => default;

        public override void Abort() => _ended.TrySetResult();

        private void ThrowIf(string here)
        {
            if (place == here) throw new IOException(here);
        }
    }
}
