using System.Net;
using System.Security.Claims;

namespace Peers.Fuzzing;

/// <summary>An upgrade request that came over no wire.</summary>
/// <param name="services">Its services.</param>
/// <param name="extensions">Its <c>Sec-WebSocket-Extensions</c>.</param>
internal sealed class MemoryRequest(IServiceProvider services, string extensions) : UpgradeRequest
{
    public override string Path => "/fuzz";

    public override EndPoint? RemoteEndPoint => null;

    public override ClaimsPrincipal? User => null;

    public override IReadOnlyList<string> Subprotocols => [];

    public override IServiceProvider Services => services;

    public override CancellationToken Aborted => default;

    public override IReadOnlyCollection<KeyValuePair<string, string>> RouteValues => [];

    public override string? Query(string name) => null;

    public override string? Header(string name) => name == "Sec-WebSocket-Extensions" ? extensions : null;

    public override T? Feature<T>() where T : class => null;
}
