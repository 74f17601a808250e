using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Peers;

/// <summary>Closes every peer (1012) when the application stops: after the application's own stopping callbacks, before the server stops.</summary>
/// <remarks>
/// Peers stay open while the callbacks of <see cref="IHostApplicationLifetime.ApplicationStopping"/> and every <see cref="IHostedLifecycleService.StoppingAsync"/>
/// run, so that an application can publish a farewell. The server would then wait for the peers, so they have to be closed before it stops. A host calls
/// <see cref="StoppingAsync"/> in reverse order of registration: this service is the first one registered and therefore the last one called.
/// </remarks>
internal sealed class PeerShutdown(PeerEndpoints endpoints, IHostApplicationLifetime application, IOptions<HostOptions> host) : IHostedLifecycleService, IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _giveUp = new();
    private Task? _closing;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        // All services stop at once: others may still be in StoppingAsync. StopAsync follows at once, beside the server's.
        if (host.Value.ServicesStopConcurrently) return Task.CompletedTask;

        // The host does the same as soon as this returns. The call returns when every callback has run, also where another thread began them.
        application.StopApplication();
        _ = CloseAsync();
        return Task.CompletedTask;
    }

    /// <summary>Closes every peer; a second call returns the task of the first. Safe from any thread.</summary>
    /// <returns>Completes when no peer is left, or those left have been terminated.</returns>
    public Task CloseAsync()
    {
        lock (_lock) return _closing ??= Task.Run(CloseOnceAsync);
    }

    /// <summary>Terminates the peers that are left: the host's time to stop is over. Safe from any thread.</summary>
    public void GiveUp() => _giveUp.Cancel();

    public void Dispose() => _giveUp.Dispose();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task CloseOnceAsync()
    {
        endpoints.Stop();
        var (began, count, timeout) = (Stopwatch.GetTimestamp(), endpoints.Host.PeerCount, endpoints.ShutdownTimeout);
        var log = new EndpointLog(endpoints.Logger);
        log.ShutdownBegins(count, (int)CloseCode.ServiceRestart, timeout);
        var terminated = await endpoints.Host.ShutDownAsync(CloseCode.ServiceRestart, timeout, endpoints.WhenEmptyAsync(), _giveUp.Token);
        log.ShutdownEnded(count, Stopwatch.GetElapsedTime(began).TotalMilliseconds, terminated);
    }
}
