using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Peers.Observability;

namespace Peers;

/// <summary>Starts and stops what peers need: options that cannot work fail the start, and the backplane stops after the last peer has left.</summary>
internal sealed partial class PeerLifetime(
    PeerEndpoints endpoints, PeerShutdown shutdown, EndpointDataSource routes, IHostApplicationLifetime application, IOptions<HostOptions> host)
    : IHostedLifecycleService, IDisposable
{
    private CancellationTokenRegistration _stopping;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        endpoints.Validate();
        var timeout = endpoints.ShutdownTimeout;
        if (timeout == Timeout.InfiniteTimeSpan || timeout > host.Value.ShutdownTimeout) Log.LongerThanHost(endpoints.Logger, timeout, host.Value.ShutdownTimeout);
        _stopping = application.ApplicationStopping.Register(endpoints.Stop);
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
        using (cancellationToken.UnsafeRegister(static shutdown => ((PeerShutdown)shutdown!).GiveUp(), shutdown)) await shutdown.CloseAsync();

        // Close hooks publish; after them nothing is published to other nodes.
        await endpoints.Host.StopAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Warning, "PeerOptions.ShutdownTimeout ({Timeout}) is longer than HostOptions.ShutdownTimeout ({Limit}): the server cuts peers before their close hooks had that long. Lower the one or raise the other.")]
        public static partial void LongerThanHost(SafeLogger logger, object timeout, object limit);
    }
}
