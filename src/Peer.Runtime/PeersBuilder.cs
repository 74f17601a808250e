using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Peers;

/// <summary>What <c>AddPeers</c> returns: other packages add their extensions to it, such as a backplane.</summary>
/// <param name="services">The application's services.</param>
public sealed class PeersBuilder(IServiceCollection services)
{
    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; } = services;

    /// <summary>Lets channels reach other nodes. Packages of backplanes call it; one that is used later takes the place of one before.</summary>
    /// <param name="create">Makes the backplane, once. Its host closes it.</param>
    /// <param name="options">How the host uses it; checked when the application starts.</param>
    public PeersBuilder UseBackplane(Func<IServiceProvider, IBackplane> create, BackplaneOptions options)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(options);
        Services.Replace(ServiceDescriptor.Singleton(create));
        Services.Replace(ServiceDescriptor.Singleton(options));
        return this;
    }
}
