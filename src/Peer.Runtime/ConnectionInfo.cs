using System.Collections.ObjectModel;
using System.Net;
using System.Security.Claims;

namespace Peers;

/// <summary>What a peer keeps of the request that it came with.</summary>
internal sealed class ConnectionInfo
{
    private readonly KeyValuePair<string, string>[] _routeValues;
    private readonly bool _isAnonymous;
    private ClaimsPrincipal? _user;
    private PeerContext? _context;

    public ConnectionInfo(UpgradeRequest request, string? subprotocol, IList<string> capturedHeaders)
    {
        RemoteEndPoint = request.RemoteEndPoint;
        _isAnonymous = request.IsAnonymous;
        _user = _isAnonymous ? null : request.User;
        _context = request.ContextIfAny;
        Subprotocol = subprotocol;
        Headers = Capture(request, capturedHeaders);
        _routeValues = [.. request.RouteValues];
    }

    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Who the client is. One that nobody knows anything of is made again where it is asked for: it is larger than all else here.</summary>
    public ClaimsPrincipal? User => _isAnonymous ? Made(ref _user, static () => new(new ClaimsIdentity())) : _user;

    /// <summary>Made when it is asked for.</summary>
    public PeerContext Context => Made(ref _context, static () => new());

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

    /// <summary>Whether that is a user as hosts make it where nothing authenticates.</summary>
    public static bool IsAnonymous(ClaimsPrincipal? user) =>
        user?.GetType() == typeof(ClaimsPrincipal) && user.Identities.Take(2).ToArray() is [var identity] && identity.GetType() == typeof(ClaimsIdentity)
        && identity is { AuthenticationType: null, Label: null, BootstrapContext: null, Actor: null } && !identity.Claims.Any();

    private static T Made<T>(ref T? place, Func<T> make) where T : class
    {
        if (Volatile.Read(ref place) is { } there) return there;
        var made = make();
        return Interlocked.CompareExchange(ref place, made, null) ?? made;
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
