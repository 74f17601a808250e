using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Peers;

/// <summary>Lets channels reach other machines over Redis.</summary>
public static class RedisPeersBuilderExtensions
{
    /// <summary>Carries channels over Redis: <c>builder.Services.AddPeers().UseRedis(options => options.Configuration = "10.0.0.1:6379")</c>.</summary>
    /// <remarks>The connection is made when the application starts.</remarks>
    /// <param name="builder">What <c>AddPeers</c> returned.</param>
    /// <param name="configure">Says where the server is, and all else; null for one on this machine.</param>
    public static PeersBuilder UseRedis(this PeersBuilder builder, Action<RedisBackplaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new RedisBackplaneOptions();
        configure?.Invoke(options);
        return builder.UseBackplane(services => new RedisBackplane(options, services.GetService<ILoggerFactory>()), options);
    }

    /// <summary>As <see cref="UseRedis(PeersBuilder, Action{RedisBackplaneOptions}?)"/>, for a server that is named alone.</summary>
    /// <param name="builder">What <c>AddPeers</c> returned.</param>
    /// <param name="configuration">The servers, as in <see cref="RedisBackplaneOptions.Configuration"/>.</param>
    public static PeersBuilder UseRedis(this PeersBuilder builder, string configuration) => builder.UseRedis(options => options.Configuration = configuration);
}
