using System.IO.Pipelines;

namespace Peers.Tests.Transports;

/// <summary>The transport over pipes, apart from a connection.</summary>
public sealed class PipeTransportTests
{
    [Fact]
    public async Task Abort_is_harmless_after_the_output_has_completed()
    {
        // A pipe over a stream, as below TLS, used to throw here: on the timer's thread, which ended the process.
        var transport = new PipeTransport(new StreamPipe());
        await transport.CompleteAsync();

        transport.Abort();
        transport.Abort();
    }

    private sealed class StreamPipe : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(new MemoryStream());

        public PipeWriter Output { get; } = PipeWriter.Create(new MemoryStream());
    }
}
