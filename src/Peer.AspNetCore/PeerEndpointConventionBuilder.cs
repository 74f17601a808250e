using Microsoft.AspNetCore.Builder;

namespace Peers;

/// <summary>What <c>MapPeer</c> returns: takes the conventions of any endpoint, such as <c>RequireAuthorization</c>, and options of its own.</summary>
public sealed class PeerEndpointConventionBuilder : IEndpointConventionBuilder
{
    private readonly IEndpointConventionBuilder _inner;
    private readonly PeerEndpoint _endpoint;

    internal PeerEndpointConventionBuilder(IEndpointConventionBuilder inner, PeerEndpoint endpoint) => (_inner, _endpoint) = (inner, endpoint);

    /// <summary>Sets options of this endpoint alone, after those of <c>AddPeers</c>.</summary>
    /// <remarks>Called once at start, and again when configuration is reloaded. Values that cannot work fail the start.</remarks>
    public PeerEndpointConventionBuilder WithOptions(Action<PeerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _endpoint.Configure(configure);
        return this;
    }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention) => _inner.Add(convention);

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention) => _inner.Finally(finallyConvention);
}
