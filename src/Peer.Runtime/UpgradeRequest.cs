using System.Net;
using System.Security.Claims;

namespace Peers;

/// <summary>A client's wish to connect, as the upgrade hook sees it. Not to be kept after the hook.</summary>
public abstract class UpgradeRequest
{
    /// <summary>The request's path, decoded.</summary>
    public abstract string Path { get; }

    /// <summary>The client's address, after forwarded headers where that middleware ran.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Who the client is, as authentication found.</summary>
    public abstract ClaimsPrincipal? User { get; }

    /// <summary>Whether nothing is known of the client: <see cref="User"/> is as a host makes it where nothing authenticates.</summary>
    internal virtual bool IsAnonymous => ConnectionInfo.IsAnonymous(User);

    /// <summary>The subprotocols that the client offers (<c>Sec-WebSocket-Protocol</c>), in its order.</summary>
    public abstract IReadOnlyList<string> Subprotocols { get; }

    /// <summary>The services of the request.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>When <see cref="User"/> stops being authenticated, as the host knows it; null for never. An upgrade hook that checks a token by itself sets it.</summary>
    /// <remarks>What happens then is <see cref="PeerOptions.CloseOnAuthenticationExpiration"/>.</remarks>
    public DateTimeOffset? AuthenticationExpires { get; set; }

    /// <summary>Cancelled when the client gives up, or the hook takes longer than <see cref="PeerOptions.HandshakeTimeout"/>.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>What is handed on to <see cref="Peer.Context"/>.</summary>
    public PeerContext Context => ContextIfAny ??= new();

    /// <summary>What was asked for as <see cref="Context"/>; null where nothing was.</summary>
    internal PeerContext? ContextIfAny { get; private set; }

    /// <summary>The first value of a query parameter, or null.</summary>
    public abstract string? Query(string name);

    /// <summary>A header's value, several joined by commas, or null.</summary>
    public abstract string? Header(string name);

    /// <summary>The route values, in no order.</summary>
    public abstract IReadOnlyCollection<KeyValuePair<string, string>> RouteValues { get; }

    /// <summary>A route value, or null. Names are compared without regard to case.</summary>
    public string? Route(string name)
    {
        foreach (var value in RouteValues)
        {
            if (string.Equals(value.Key, name, StringComparison.OrdinalIgnoreCase)) return value.Value;
        }

        return null;
    }

    /// <summary>The host's own view of the request, such as <c>HttpContext</c>, or null where the host has none of that type.</summary>
    public abstract T? Feature<T>() where T : class;
}
