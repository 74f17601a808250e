using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Peers;

/// <summary>Adds peers to an application's services.</summary>
public static class PeerServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapPeer</c> needs: <see cref="PeerHost"/>, the options of all endpoints, and shutdown that closes every peer (1012).</summary>
    /// <remarks>
    /// May be called more than once; the options then add up. They are validated when the application starts. Where the application does not set
    /// Kestrel's <c>Limits.Http2.InitialConnectionWindowSize</c>, it becomes large enough for peers that are not read from at the moment.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options of all endpoints, or null. <see cref="PeerEndpointConventionBuilder.WithOptions"/> sets those of one.</param>
    public static PeersBuilder AddPeers(this IServiceCollection services, Action<PeerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<PeerOptions>();
        if (configure is not null) options.Configure(configure);

        // Without the constraint of regular expressions, which a slim application leaves out: it is a quarter of what Peer would add to it.
        services.AddRoutingCore();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PeerOptions>, PeerOptionsValidation>());
        AddMatching(services);
        services.TryAddSingleton(static provider => new PeerHost(provider.GetService<TimeProvider>(), provider.GetService<ILoggerFactory>(), provider.GetService<IMeterFactory>(), provider.GetService<IBackplane>(), provider.GetService<BackplaneOptions>()));
        services.TryAddSingleton<IPeerServiceLifetimes>(new PeerServiceLifetimes(services));
        services.TryAddSingleton<PeerEndpoints>();
        Http2ConnectionWindow.AddTo(services);
        AddShutdown(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PeerLifetime>());
        return new(services);
    }

    /// <summary>As <see cref="AddPeers(IServiceCollection, Action{PeerOptions}?)"/>, with options from configuration.</summary>
    /// <remarks>When the configuration is reloaded, peers that connect from then on get the new values; values that cannot work, and keys that are no options, are logged and change nothing.</remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The section whose keys are the properties of <see cref="PeerOptions"/>. A key that is none, a value without meaning, a value where a
    /// list or further keys belong, and the reverse, fail the start, as a value that cannot work does.
    /// </param>
    public static PeersBuilder AddPeers(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = services.AddPeers();

        // Before the binder, which ignores most of what it cannot use: the default would stay in force unnoticed.
        services.AddSingleton<IConfigureOptions<PeerOptions>>(new PeerSectionCheck(section));
        services.Configure<PeerOptions>(section);
        return builder;
    }

    private static void AddMatching(IServiceCollection services)
    {
        services.TryAddSingleton<PlainRequestFilter>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, PlainRequestFilter>(
            static provider => provider.GetRequiredService<PlainRequestFilter>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, HandshakeComparerPolicy>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, HandshakeMatcherPolicy>());
    }

    // In front of all services: a host calls StoppingAsync in reverse order, and peers are closed after every other service's.
    private static void AddShutdown(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(PeerShutdown))) return;
        services.AddSingleton<PeerShutdown>();
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(static provider => provider.GetRequiredService<PeerShutdown>()));
    }
}
