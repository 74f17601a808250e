namespace Peers.Bench.Servers;

/// <summary>The servers of this program by the name that <c>serve</c> takes.</summary>
internal static class ServerKinds
{
    public static Func<WebApplicationBuilder, WebApplication> Of(string kind) => kind switch
    {
        "peer" => PeerServer.Build,
        "managed" => ManagedServer.Build,
        "bare" => BareServer.Build,
        "signalr" or "signalr-msgpack" => SignalRServer.Build,
        _ => throw new ArgumentException($"There is no server '{kind}'; there are peer, managed, signalr and bare."),
    };
}
