using System.IO.Pipelines;

namespace Peers.Transports;

/// <summary>Two ends of one connection in memory.</summary>
internal sealed class MemoryTransport : IDuplexPipe
{
    private MemoryTransport(PipeReader input, PipeWriter output) => (Input, Output) = (input, output);

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Makes a connected pair: what one end writes, the other reads, with the backpressure of pipes.</summary>
    public static (IDuplexPipe Server, IDuplexPipe Client) CreatePair(PipeOptions? options = null) =>
        CreatePair(options ?? PipeOptions.Default, options ?? PipeOptions.Default);

    /// <summary>As <see cref="CreatePair(PipeOptions?)"/>, each direction with limits of its own.</summary>
    public static (IDuplexPipe Server, IDuplexPipe Client) CreatePair(PipeOptions toServer, PipeOptions toClient)
    {
        var up = new Pipe(toServer);
        var down = new Pipe(toClient);
        return (new MemoryTransport(up.Reader, down.Writer), new MemoryTransport(down.Reader, up.Writer));
    }
}
