using System.Net;
using System.Security.Claims;

namespace Peers.Tests.Kit;

/// <summary>An upgrade request that came over no wire.</summary>
internal sealed class MemoryRequest(IServiceProvider services) : UpgradeRequest
{
    public Dictionary<string, string> Values { get; init; } = [];
    public Dictionary<string, string> Headers { get; init; } = [];
    public override string Path => "/test";
    public override EndPoint? RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 4321);
    public override ClaimsPrincipal? User { get; } = new(new ClaimsIdentity([new(ClaimTypes.Name, "ada")], "test"));
    public override IReadOnlyList<string> Subprotocols => [];
    public override IServiceProvider Services => services;
    public override CancellationToken Aborted => default;
    public override IReadOnlyCollection<KeyValuePair<string, string>> RouteValues => Values;
    public override string? Query(string name) => null;
    public override string? Header(string name) => Headers.GetValueOrDefault(name);
    public override T? Feature<T>() where T : class => null;
}
