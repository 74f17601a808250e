using System.Globalization;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Peers;

/// <summary>An upgrade as ASP.NET Core sees it.</summary>
internal sealed class HttpUpgradeRequest(HttpContext http) : UpgradeRequest
{
    private List<string>? _subprotocols;
    private List<KeyValuePair<string, string>>? _routeValues;

    public override string Path => http.Request.Path.Value ?? "";

    public override EndPoint? RemoteEndPoint =>
        http.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, http.Connection.RemotePort) : null;

    public override ClaimsPrincipal? User => http.User;

    public override IReadOnlyList<string> Subprotocols => _subprotocols ??= OpeningHandshake.ListOf(http.Request.Headers.SecWebSocketProtocol);

    public override IServiceProvider Services => http.RequestServices;

    public override CancellationToken Aborted => http.RequestAborted;

    public override IReadOnlyCollection<KeyValuePair<string, string>> RouteValues => _routeValues ??= ReadRouteValues();

    public override string? Query(string name) => http.Request.Query.TryGetValue(name, out var values) ? values[0] : null;

    public override string? Header(string name) => http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    public override T? Feature<T>() where T : class => http as T ?? http.Features.Get<T>();

    private List<KeyValuePair<string, string>> ReadRouteValues()
    {
        var values = new List<KeyValuePair<string, string>>(http.Request.RouteValues.Count);
        foreach (var (name, value) in http.Request.RouteValues)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { } text) values.Add(new(name, text));
        }

        return values;
    }
}
