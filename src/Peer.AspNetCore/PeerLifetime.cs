using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Peers.Observability;

namespace Peers;

/// <summary>Start and stop: options that cannot work fail the start; at the stop every peer is told that the server restarts (1012).</summary>
/// <remarks>Peers are closed as soon as the application begins to stop: the server would wait for them, and nobody else tells them.</remarks>
internal sealed partial class PeerLifetime(PeerEndpoints endpoints, EndpointDataSource routes, IHostApplicationLifetime application, IOptions<HostOptions> host)
    : IHostedLifecycleService, IDisposable
{
    private CancellationTokenRegistration _stopping;
    private Task _closing = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        endpoints.Validate();
        var timeout = endpoints.ShutdownTimeout;
        if (timeout == Timeout.InfiniteTimeSpan || timeout > host.Value.ShutdownTimeout) Log.LongerThanHost(endpoints.Logger, timeout, host.Value.ShutdownTimeout);
        _stopping = application.ApplicationStopping.Register(() => _closing = CloseAsync());
        await endpoints.Host.StartAsync(cancellationToken);
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // Builds the endpoints, and so checks them, now and not at the first request.
        _ = routes.Endpoints;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _closing.WaitAsync(cancellationToken);

        // Close hooks publish; then nothing is left to say to other nodes.
        await endpoints.Host.StopAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task CloseAsync()
    {
        endpoints.Stop();
        await endpoints.Host.CloseAllAsync(CloseCode.ServiceRestart, endpoints.ShutdownTimeout);
    }

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Warning, "PeerOptions.ShutdownTimeout ({Timeout}) is longer than HostOptions.ShutdownTimeout ({Limit}): the server cuts peers before their close hooks had that long. Lower the one or raise the other.")]
        public static partial void LongerThanHost(SafeLogger logger, object timeout, object limit);
    }
}
