using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Peers.Tests;

// What docs/tracing.md shows, as it stands there.

internal static class DocsTracing
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource("Peers")
            .SetSampler(new ParentBasedSampler(new FewMessages())));
    }
}

/// <summary>Takes one message in a hundred, and all else.</summary>
public sealed class FewMessages : Sampler
{
    private readonly TraceIdRatioBasedSampler _few = new(0.01);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Tags?.Contains(new("peer.hook", "OnMessage")) == true ? _few.ShouldSample(samplingParameters) : new(SamplingDecision.RecordAndSample);
}
