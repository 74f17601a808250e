using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Peers;

/// <summary>Leaves requests that are no handshakes to the other endpoints that match, as a method constraint does.</summary>
/// <remarks>Runs after all other policies, so that an endpoint that they rule out does not count.</remarks>
internal sealed class HandshakeMatcherPolicy(PlainRequestFilter plain) : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => int.MaxValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(static endpoint => PeerOf(endpoint) is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        if (OpeningHandshake.IsAttempt(httpContext)) return Task.CompletedTask;
        if (HasOther(candidates)) LeaveToOthers(candidates);
        else if (plain.MayBeFile(httpContext.Request)) LeaveToFiles(candidates);
        return Task.CompletedTask;
    }

    private static PeerEndpoint? PeerOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<PeerEndpoint>();

    private static bool HasOther(CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && PeerOf(candidates[i].Endpoint) is null) return true;
        }

        return false;
    }

    private static void LeaveToOthers(CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && PeerOf(candidates[i].Endpoint) is not null) candidates.SetValidity(i, false);
        }
    }

    private static void LeaveToFiles(CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i) || PeerOf(candidates[i].Endpoint) is not { } peer) continue;
            candidates.ReplaceEndpoint(i, peer.Plain, candidates[i].Values);
        }
    }
}

/// <summary>Puts peers before other endpoints with the same pattern, so that a handshake reaches the peer and is not ambiguous.</summary>
/// <remarks>Before the comparison by method: <c>MapGet</c> of the same pattern matches a handshake too.</remarks>
internal sealed class HandshakeComparerPolicy : MatcherPolicy, IEndpointComparerPolicy
{
    public override int Order => -10_000;

    public IComparer<Endpoint> Comparer => EndpointMetadataComparer<PeerEndpoint>.Default;
}
