using System.Collections.ObjectModel;
using System.Security.Claims;

namespace Peers;

/// <summary>What a peer keeps of the request that it came with. What most do not have stands apart, and is made when it is asked for.</summary>
internal sealed class ConnectionInfo
{
    /// <summary>What does not expire.</summary>
    public const long Never = long.MaxValue;

    private readonly KeyValuePair<string, string> _routeValue;
    private readonly KeyValuePair<string, string>[]? _routeValues;
    private readonly bool _isAnonymous;
    private Details? _details;

    public ConnectionInfo(UpgradeRequest request, string? subprotocol, IList<string> capturedHeaders)
    {
        RemoteEndPoint = new(request.RemoteEndPoint);
        _isAnonymous = request.IsAnonymous;
        var (user, context, headers) = (_isAnonymous ? null : request.User, request.ContextIfAny, Capture(request, capturedHeaders));
        if ((user, context, headers, subprotocol) is not (null, null, null, null)) _details = new() { User = user, Context = context, Headers = headers, Subprotocol = subprotocol };
        if (request.RouteValues.Count == 1) _routeValue = request.RouteValues.First();
        else if (request.RouteValues.Count > 1) _routeValues = [.. request.RouteValues];
    }

    public RemoteEndPoint RemoteEndPoint { get; }

    /// <summary>Who the client is. One that nobody knows anything of is made again where it is asked for: it is larger than all else here.</summary>
    public ClaimsPrincipal? User => _isAnonymous ? Made(ref Rest.User, static () => new(new ClaimsIdentity())) : _details?.User;

    public PeerContext Context => Made(ref Rest.Context, static () => new());

    /// <summary>When the peer is to be closed because its authentication ends: ticks of UTC.</summary>
    public long Expires
    {
        get => _details?.Expires ?? Never;
        set => Rest.Expires = value;
    }

    public string? Subprotocol => _details?.Subprotocol;

    public IReadOnlyDictionary<string, string> Headers => _details?.Headers ?? ReadOnlyDictionary<string, string>.Empty;

    private Details Rest => Made(ref _details, static () => new());

    /// <summary>A route value. There are few: a scan is faster than a dictionary and costs nothing to keep.</summary>
    public string? Route(string name)
    {
        if (_routeValues is null) return Is(_routeValue, name) ? _routeValue.Value : null;
        foreach (ref readonly var value in _routeValues.AsSpan())
        {
            if (Is(value, name)) return value.Value;
        }

        return null;
    }

    /// <summary>Whether that is a user as hosts make it where nothing authenticates.</summary>
    public static bool IsAnonymous(ClaimsPrincipal? user) =>
        user?.GetType() == typeof(ClaimsPrincipal) && user.Identities.Take(2).ToArray() is [var identity] && identity.GetType() == typeof(ClaimsIdentity)
        && identity is { AuthenticationType: null, Label: null, BootstrapContext: null, Actor: null } && !identity.Claims.Any();

    private static bool Is(in KeyValuePair<string, string> value, string name) => string.Equals(value.Key, name, StringComparison.OrdinalIgnoreCase);

    // Null where none is there.
    private static Dictionary<string, string>? Capture(UpgradeRequest request, IList<string> names)
    {
        Dictionary<string, string>? headers = null;
        foreach (var name in names)
        {
            if (request.Header(name) is { } value) (headers ??= new(StringComparer.OrdinalIgnoreCase))[name] = value;
        }

        return headers;
    }

    // Several threads may ask at once; all get the same.
    private static T Made<T>(ref T? place, Func<T> make) where T : class
    {
        if (Volatile.Read(ref place) is { } there) return there;
        var made = make();
        return Interlocked.CompareExchange(ref place, made, null) ?? made;
    }

    private sealed class Details
    {
        public ClaimsPrincipal? User;
        public PeerContext? Context;
        public IReadOnlyDictionary<string, string>? Headers;
        public string? Subprotocol;
        public long Expires = Never;
    }
}
