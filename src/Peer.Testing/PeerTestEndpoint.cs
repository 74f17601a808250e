using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Peers.Transports;

namespace Peers;

/// <summary>A handler at its route: from a request to a running peer, as the real endpoint does it after HTTP.</summary>
internal sealed class PeerTestEndpoint(RouteTemplate route, PeerHandlerInfo handler, PeerOptions options, IServiceProvider services, Func<PeerConnection> create)
{
    // What a client sends is taken without waiting, so that a test that sends is never stuck; the other way is a pipe's usual backpressure.
    private static readonly PipeOptions s_toServer = new(pauseWriterThreshold: 0, useSynchronizationContext: false);
    private static readonly PipeOptions s_toClient = new(useSynchronizationContext: false);

    private int _peers;

    public RouteTemplate Route => route;

    /// <summary>Asks the upgrade hook and starts the peer.</summary>
    /// <exception cref="PeerTestRejectedException">The client is turned away.</exception>
    public async Task<AdmittedPeer> AdmitAsync(PeerTestHost host, PeerTestRequest request, Dictionary<string, string> routeValues, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _peers) > options.MaxPeers)
        {
            Interlocked.Decrement(ref _peers);
            throw Rejected(UpgradeResult.Reject(503, "No more peers can connect."));
        }

        try
        {
            var connection = Create();
            var scope = services.CreateAsyncScope();
            using var clock = new HandshakeClock(host.Host.Time, options.HandshakeTimeout);
            var asking = AskAsync(connection, new(request, routeValues, scope.ServiceProvider, clock.Token(cancellationToken)));
            var isInTime = await clock.IsInTimeAsync(asking);

            var answer = ReleaseAsync(asking, scope, connection, isInTime);
            return isInTime ? Serve(host, connection, await answer) : throw Rejected(UpgradeResult.Reject(503, "The server took too long to answer."));
        }
        catch
        {
            Interlocked.Decrement(ref _peers);
            throw;
        }
    }

    private PeerConnection Create()
    {
        try
        {
            return create();
        }
        catch (Exception exception)
        {
            throw Failed($"The handler '{handler.Name}' could not be made: {exception.Message}", exception);
        }
    }

    private async Task<UpgradeResult> AskAsync(PeerConnection connection, MemoryUpgradeRequest request)
    {
        UpgradeResult answer;
        try
        {
            answer = await connection.UpgradeAsync(request);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !request.Aborted.IsCancellationRequested)
        {
            throw Failed($"The upgrade hook of '{handler.Name}' failed: {exception.Message}", exception);
        }

        if (!answer.IsAccepted) throw Rejected(answer);
        if (answer.Subprotocol is { } chosen && !request.Subprotocols.Contains(chosen, StringComparer.Ordinal)) throw Failed(
            $"The upgrade hook of '{handler.Name}' chose the subprotocol '{chosen}', which the client did not offer.", inner: null);
        return answer;
    }

    // What the hook uses stays until it has ended, however late that is.
    private static async Task<UpgradeResult> ReleaseAsync(Task<UpgradeResult> asking, AsyncServiceScope scope, PeerConnection connection, bool isInTime)
    {
        await using var released = scope;
        var isKept = false;
        try
        {
            var answer = await asking;
            isKept = isInTime;
            return answer;
        }
        finally
        {
            if (!isKept) await connection.DisposeAsync();
        }
    }

    // Off the test's own thread, as hooks run, but with what flows with the test, such as the place for its output.
    private AdmittedPeer Serve(PeerTestHost host, PeerConnection connection, UpgradeResult answer)
    {
        var (server, client) = MemoryTransport.CreatePair(s_toServer, s_toClient);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new(connection, client, answer, opened.Task, Task.Run(() => RunAsync(host, connection, server, opened)));
    }

    private async Task RunAsync(PeerTestHost host, PeerConnection connection, IDuplexPipe pipe, TaskCompletionSource opened)
    {
        var running = connection.RunAsync(new PipeTransport(pipe));

        // The host closed those that it saw; this one may have come too late to be among them.
        if (host.IsStopping) connection.Peer.Close(CloseCode.ServiceRestart);
        opened.SetResult();
        await running;
        await pipe.Input.CompleteAsync();
        await pipe.Output.CompleteAsync();
        Interlocked.Decrement(ref _peers);
    }

    private PeerTestRejectedException Rejected(UpgradeResult answer) =>
        new($"'{handler.Name}' turned the client away with {answer.StatusCode}{(answer.Body is { } body ? $": {body}" : ".")}", answer);

    private static PeerTestRejectedException Failed(string message, Exception? inner) => new(message, UpgradeResult.Reject(500), inner);
}

/// <summary>A peer that was let in and runs.</summary>
/// <param name="Connection">The server's end.</param>
/// <param name="Pipe">The client's end of the bytes.</param>
/// <param name="Answer">What the upgrade hook answered.</param>
/// <param name="Opened">Completes when the peer has joined its channels and the open hook has run, or awaits.</param>
/// <param name="Served">Completes when the close hook has run and everything is disposed.</param>
internal sealed record AdmittedPeer(PeerConnection Connection, IDuplexPipe Pipe, UpgradeResult Answer, Task Opened, Task Served);
