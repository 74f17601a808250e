using System.Net;
using System.Security.Claims;

namespace Peers;

/// <summary>What a client of a test connects with: the upgrade hook sees it as an <see cref="UpgradeRequest"/>.</summary>
public sealed class PeerTestRequest
{
    private static int s_lastPort = 49_151;

    private readonly Dictionary<Type, object> _features = [];

    internal PeerTestRequest(string target)
    {
        var start = target.IndexOf('?', StringComparison.Ordinal);
        EncodedPath = start < 0 ? target : target[..start];
        Path = RouteTemplate.Decode(EncodedPath);
        if (start >= 0) ReadQuery(target[(start + 1)..]);
    }

    /// <summary>The path, decoded.</summary>
    public string Path { get; }

    /// <summary>The query parameters, at first those of the path that was connected to. Names are compared without regard to case.</summary>
    public IDictionary<string, string> Query { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The headers, at first none. Names are compared without regard to case.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The subprotocols that the client offers, in its order.</summary>
    public IList<string> Subprotocols { get; } = [];

    /// <summary>Who the client is; at first nobody that authentication knows. No authentication runs here.</summary>
    public ClaimsPrincipal User { get; set; } = new(new ClaimsIdentity());

    /// <summary>When <see cref="User"/> stops being authenticated; at first never. For <see cref="PeerOptions.CloseOnAuthenticationExpiration"/>.</summary>
    public DateTimeOffset? AuthenticationExpires { get; set; }

    /// <summary>The client's address; at first one of this machine with a port of its own.</summary>
    public EndPoint? RemoteEndPoint { get; set; } = new IPEndPoint(IPAddress.Loopback, NextPort());

    internal string EncodedPath { get; }

    /// <summary>Gives the upgrade hook what it gets by <see cref="UpgradeRequest.Feature{T}"/>, such as an <c>HttpContext</c>.</summary>
    public void SetFeature<T>(T feature) where T : class => _features[typeof(T)] = feature;

    internal T? Feature<T>() where T : class => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : null;

    private static int NextPort() => 49_152 + ((Interlocked.Increment(ref s_lastPort) & int.MaxValue) % 16_384);

    private void ReadQuery(string query)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            Query.TryAdd(DecodeQuery(name), equals < 0 ? "" : DecodeQuery(pair[(equals + 1)..]));
        }
    }

    private static string DecodeQuery(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

/// <summary>The upgrade hook's view of a <see cref="PeerTestRequest"/>.</summary>
internal sealed class MemoryUpgradeRequest : UpgradeRequest
{
    private readonly PeerTestRequest _request;

    public MemoryUpgradeRequest(PeerTestRequest request, IReadOnlyDictionary<string, string> routeValues, IServiceProvider services, CancellationToken aborted)
    {
        (_request, RouteValues, Services, Aborted) = (request, routeValues, services, aborted);
        AuthenticationExpires = request.AuthenticationExpires;
    }

    public override string Path => _request.Path;

    public override EndPoint? RemoteEndPoint => _request.RemoteEndPoint;

    public override ClaimsPrincipal? User => _request.User;

    public override IReadOnlyList<string> Subprotocols => [.. _request.Subprotocols];

    public override IServiceProvider Services { get; }

    public override CancellationToken Aborted { get; }

    public override IReadOnlyCollection<KeyValuePair<string, string>> RouteValues { get; }

    public override string? Query(string name) => _request.Query.TryGetValue(name, out var value) ? value : null;

    // The client speaks no extension, whatever a test says.
    public override string? Header(string name) => !string.Equals(name, "Sec-WebSocket-Extensions", StringComparison.OrdinalIgnoreCase) && _request.Headers.TryGetValue(name, out var value) ? value : null;

    public override T? Feature<T>() where T : class => _request.Feature<T>();
}
