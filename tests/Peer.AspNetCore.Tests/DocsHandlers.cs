using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;

namespace Peers.Tests;

// The handlers that docs show, as they stand there.

[PeerHandler("/private/{room}")]
public sealed partial class PrivateRoom
{
    [OnUpgrade]
    private static UpgradeResult Admit(UpgradeRequest request)
    {
        if (request.Query("token") != "open sesame") return UpgradeResult.Reject(401, "A token is missing.");
        return UpgradeResult.Accept(request.Subprotocols.Contains("chat.v2") ? "chat.v2" : null).WithHeader("X-Room", request.Route("room")!);
    }

    [OnOpen]
    private static void Opened(Peer peer) => peer.Send(peer.Subprotocol ?? "no subprotocol");
}

public static class Limiters
{
    public static PartitionedRateLimiter<Peer> PerUser { get; } = PartitionedRateLimiter.Create<Peer, string>(peer => RateLimitPartition.GetTokenBucketLimiter(
        KeyOf(peer), _ => new() { TokenLimit = 100, TokensPerPeriod = 20, ReplenishmentPeriod = TimeSpan.FromSeconds(1) }));

    // Identity.Name is null for most JWTs. The subject is "sub", or NameIdentifier where the handler maps claims.
    private static string KeyOf(Peer peer) =>
        peer.User?.FindFirst("sub") is { } subject ? $"user {subject.Value}"
        : peer.User?.FindFirst(ClaimTypes.NameIdentifier) is { } id ? $"user {id.Value}"
        : $"address {(peer.RemoteEndPoint as IPEndPoint)?.Address}";
}
