using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Peers;

/// <summary>Lets channels reach other machines over NATS.</summary>
public static class NatsPeersBuilderExtensions
{
    /// <summary>Carries channels over NATS: <c>builder.Services.AddPeers().UseNats(options => options.Url = "nats://10.0.0.1:4222")</c>.</summary>
    /// <remarks>The connection is made when the application starts.</remarks>
    /// <param name="builder">What <c>AddPeers</c> returned.</param>
    /// <param name="configure">Says where the server is, and all else; null for one on this machine.</param>
    public static PeersBuilder UseNats(this PeersBuilder builder, Action<NatsBackplaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new NatsBackplaneOptions();
        configure?.Invoke(options);
        return builder.UseBackplane(services => new NatsBackplane(options, services.GetService<ILoggerFactory>(), services.GetService<TimeProvider>()), options);
    }

    /// <summary>As <see cref="UseNats(PeersBuilder, Action{NatsBackplaneOptions}?)"/>, for a server that is named alone.</summary>
    /// <param name="builder">What <c>AddPeers</c> returned.</param>
    /// <param name="url">The servers, as in <see cref="NatsBackplaneOptions.Url"/>.</param>
    public static PeersBuilder UseNats(this PeersBuilder builder, string url) => builder.UseNats(options => options.Url = url);
}
