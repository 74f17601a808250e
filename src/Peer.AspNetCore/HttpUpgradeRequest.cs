using System.Globalization;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Peers;

/// <summary>An upgrade as ASP.NET Core sees it.</summary>
internal sealed class HttpUpgradeRequest : UpgradeRequest
{
    private readonly HttpContext _http;
    private readonly HandshakeClock _clock;
    private List<string>? _subprotocols;
    private List<KeyValuePair<string, string>>? _routeValues;

    /// <summary>Takes a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="clock">Says when nobody waits for the hook any more.</param>
    public HttpUpgradeRequest(HttpContext http, HandshakeClock clock)
    {
        (_http, _clock) = (http, clock);
        AuthenticationExpires = http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
    }

    public override string Path => _http.Request.Path.Value ?? "";

    // HttpContext.Connection would say the same, and would stay as long as the request.
    public override EndPoint? RemoteEndPoint =>
        _http.Features.Get<IHttpConnectionFeature>() is { RemoteIpAddress: { } address } connection ? new IPEndPoint(address, connection.RemotePort) : null;

    public override ClaimsPrincipal? User => _http.User;

    // Asking for the user makes one, which would stay as long as the request.
    internal override bool IsAnonymous => _http.Features.Get<IHttpAuthenticationFeature>()?.User is null || base.IsAnonymous;

    public override IReadOnlyList<string> Subprotocols => _subprotocols ??= OpeningHandshake.ListOf(_http.Request.Headers.SecWebSocketProtocol);

    public override IServiceProvider Services => _http.RequestServices;

    public override CancellationToken Aborted => _clock.Token(_http.RequestAborted);

    public override IReadOnlyCollection<KeyValuePair<string, string>> RouteValues => _routeValues ??= ReadRouteValues();

    public override string? Query(string name) => _http.Request.Query.TryGetValue(name, out var values) ? values[0] : null;

    public override string? Header(string name) => _http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    public override T? Feature<T>() where T : class => _http as T ?? _http.Features.Get<T>();

    private List<KeyValuePair<string, string>> ReadRouteValues()
    {
        var values = new List<KeyValuePair<string, string>>(_http.Request.RouteValues.Count);
        foreach (var (name, value) in _http.Request.RouteValues)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { } text) values.Add(new(name, text));
        }

        return values;
    }
}
