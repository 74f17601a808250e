using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Peers;

/// <summary>Serves connections by event loops.</summary>
public static class PeerEventLoopWebHostBuilderExtensions
{
    /// <summary>Swaps Kestrel's socket transport for event loops, on Linux. HTTP goes on as before; a peer leaves the server at its upgrade and is read, dispatched and written on its loop.</summary>
    /// <remarks>
    /// TLS and HTTP/2 connections stay in the server's pipes. Middleware sees the request end at the upgrade. On other systems Kestrel's
    /// transport stays, and the log says so.
    /// </remarks>
    /// <param name="builder">The web host.</param>
    /// <param name="configure">Sets the options, or null.</param>
    public static IWebHostBuilder UsePeerEventLoop(this IWebHostBuilder builder, Action<PeerEventLoopOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services =>
        {
            var options = services.AddOptions<PeerEventLoopOptions>();
            if (configure is not null) options.Configure(configure);
            services.AddSingleton<IConnectionListenerFactory, EventLoopTransport>();
        });
    }
}
