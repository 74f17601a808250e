using System.Collections.ObjectModel;
using System.Net;
using System.Security.Claims;

namespace Peers;

/// <summary>What a peer keeps of the request that it came with.</summary>
internal sealed class ConnectionInfo
{
    private readonly KeyValuePair<string, string>[] _routeValues;

    public ConnectionInfo(UpgradeRequest request, string? subprotocol, IList<string> capturedHeaders)
    {
        RemoteEndPoint = request.RemoteEndPoint;
        User = request.User;
        Context = request.Context;
        Subprotocol = subprotocol;
        Headers = Capture(request, capturedHeaders);
        _routeValues = [.. request.RouteValues];
    }

    public EndPoint? RemoteEndPoint { get; }

    public ClaimsPrincipal? User { get; }

    public PeerContext Context { get; }

    public string? Subprotocol { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>A route value. There are few: a scan is faster than a dictionary and costs nothing to keep.</summary>
    public string? Route(string name)
    {
        foreach (ref readonly var value in _routeValues.AsSpan())
        {
            if (string.Equals(value.Key, name, StringComparison.OrdinalIgnoreCase)) return value.Value;
        }

        return null;
    }

    private static IReadOnlyDictionary<string, string> Capture(UpgradeRequest request, IList<string> names)
    {
        if (names.Count == 0) return ReadOnlyDictionary<string, string>.Empty;

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            if (request.Header(name) is { } value) headers[name] = value;
        }

        return headers;
    }
}
