using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Peers;

/// <summary>Maps handlers to routes.</summary>
public static class PeerEndpointRouteBuilderExtensions
{
    /// <summary>Maps a handler to the route of its <c>[PeerHandler]</c>.</summary>
    /// <exception cref="InvalidOperationException">The handler names no route, or <c>AddPeers</c> was not called.</exception>
    public static PeerEndpointConventionBuilder MapPeer<THandler>(this IEndpointRouteBuilder endpoints)
        where THandler : class, IPeerHandler<THandler>
    {
        var info = THandler.Info;
        return endpoints.MapPeer<THandler>(info.Route ?? throw new InvalidOperationException(
            $"'{info.Name}' names no route. Write [PeerHandler(\"/route\")] on it, or MapPeer<{info.Name}>(\"/route\")."));
    }

    /// <summary>Maps a handler to a route. Each connection gets an instance of its own.</summary>
    /// <remarks>
    /// Attributes of the class become metadata of the endpoint, such as <c>[Authorize]</c>. The endpoint takes handshakes: of several
    /// endpoints with the same pattern, a handshake reaches the peer, and any other request reaches the others or a static file. Where
    /// nothing else answers, such a request gets 426.
    /// </remarks>
    /// <param name="endpoints">The application, or a group of its routes.</param>
    /// <param name="pattern">The route pattern, such as <c>/rooms/{room}</c>.</param>
    /// <exception cref="InvalidOperationException"><c>AddPeers</c> was not called.</exception>
    public static PeerEndpointConventionBuilder MapPeer<THandler>(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern)
        where THandler : class, IPeerHandler<THandler>
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var all = services.GetService<PeerEndpoints>() ?? throw new InvalidOperationException(
            "MapPeer needs services that are not there. Call builder.Services.AddPeers() before the application is built.");

        var endpoint = new PeerEndpoint(THandler.Info, options => PeerConnection.Create<THandler>(all.Host, options, services), all);
        all.Add(endpoint);
        var builder = endpoints.Map(pattern, endpoint.ServeAsync);
        builder.Add(route => CheckRouteValues(route, THandler.Info));
        builder.Add(route => Describe(route, endpoint, typeof(THandler)));

        // Cookie authentication would redirect a handshake to a page; a client of WebSockets needs the 401.
        builder.DisableCookieRedirect();
        return new(builder, endpoint);
    }

    // The compiler checks the names where [PeerHandler] has the route; here the pattern may be that of a group.
    private static void CheckRouteValues(EndpointBuilder route, PeerHandlerInfo info)
    {
        if (route is not RouteEndpointBuilder { RoutePattern: var pattern }) return;

        foreach (var name in info.RouteValues)
        {
            if (pattern.GetParameter(name) is null) throw new InvalidOperationException(
                $"'{info.Name}' takes the route value '{name}', which '{pattern.RawText}' lacks. Map it to a pattern with '{{{name}}}'.");
        }
    }

    private static void Describe(EndpointBuilder route, PeerEndpoint endpoint, Type handler)
    {
        if (route is RouteEndpointBuilder { RoutePattern.RawText: { } text }) endpoint.Route = text;
        route.DisplayName = endpoint.ToString();
        route.Metadata.Add(endpoint);
        foreach (var attribute in handler.GetCustomAttributes(inherit: true)) route.Metadata.Add(attribute);
    }
}
