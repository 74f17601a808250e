using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What docs/tracing.md shows, with the whole of OpenTelemetry and nothing behind it.</summary>
public sealed class DocsTracingTests
{
    [Fact]
    public async Task The_registration_of_the_docs_has_spans_exported()
    {
        var exporter = new Exporter("PrivateRoom/OnOpen");
        await using var app = await TestApp.StartAsync(map => map.MapPeer<PrivateRoom>(), configure: builder =>
        {
            DocsTracing.Add(builder);
            builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new SimpleActivityExportProcessor(exporter)));
        });
        await using var client = await app.ConnectAsync("/private/a?token=open%20sesame");

        Assert.Equal("PrivateRoom", (await exporter.Found.Soon()).GetTagItem("peer.handler"));
    }

    [Theory]
    [InlineData("OnMessage", "00000000000000000000000000000001", SamplingDecision.RecordAndSample)]
    [InlineData("OnMessage", "7fffffffffffffff0000000000000001", SamplingDecision.Drop)]
    [InlineData("OnOpen", "7fffffffffffffff0000000000000001", SamplingDecision.RecordAndSample)]
    public void The_sampler_of_the_docs_takes_few_messages_and_all_else(string hook, string trace, SamplingDecision expected)
    {
        var span = new SamplingParameters(default, ActivityTraceId.CreateFromString(trace), "span", ActivityKind.Server, [new("peer.handler", "Room"), new("peer.hook", hook)]);

        Assert.Equal(expected, new FewMessages().ShouldSample(span).Decision);
    }

    private sealed class Exporter(string awaited) : BaseExporter<Activity>
    {
        public TaskCompletionSource<Activity> Found { get; } = Patience.Signal<Activity>();

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch)
            {
                if (span.DisplayName == awaited) Found.TrySetResult(span);
            }

            return ExportResult.Success;
        }
    }
}
