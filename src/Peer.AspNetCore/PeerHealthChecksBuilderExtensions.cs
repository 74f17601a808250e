using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Peers;

/// <summary>Tells health checks of the backplane.</summary>
public static class PeerHealthChecksBuilderExtensions
{
    /// <summary>Adds a check of the connection between this node and its backplane; healthy where there is none.</summary>
    /// <remarks>It only looks, and asks no server. Peers are served while it is unhealthy, by this node alone: for readiness and alarms, not for liveness.</remarks>
    /// <param name="builder">What <c>AddHealthChecks</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What is reported where the connection does not stand; unhealthy where it is left out.</param>
    /// <param name="tags">Tags to choose the check by.</param>
    public static IHealthChecksBuilder AddPeerBackplane(this IHealthChecksBuilder builder, string name = "backplane", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new(name, static services => new BackplaneHealthCheck(services.GetRequiredService<PeerHost>()), failureStatus, tags));
    }

    private sealed class BackplaneHealthCheck(PeerHost host) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var result = host.IsBackplaneConnected
                ? HealthCheckResult.Healthy($"{host.OtherNodes.Count} other nodes are heard.")
                : new HealthCheckResult(context.Registration.FailureStatus, "Channels reach this node's peers alone: the backplane is not connected.");
            return Task.FromResult(result);
        }
    }
}
