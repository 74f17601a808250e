using Microsoft.Extensions.DependencyInjection;

namespace Peers;

/// <summary>What <c>AddPeers</c> returns: other packages add their extensions to it, such as a backplane.</summary>
/// <param name="services">The application's services.</param>
public sealed class PeersBuilder(IServiceCollection services)
{
    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; } = services;
}
