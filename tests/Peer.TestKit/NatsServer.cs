using System.Globalization;
using System.Net.Sockets;

namespace Peers.TestKit;

/// <summary>A nats-server of its own, without JetStream.</summary>
public sealed class NatsServer : BrokerServer
{
    private readonly string[] _options;

    private NatsServer(string[] options) : base("nats-server") => _options = options;

    /// <summary>Where clients connect.</summary>
    public string Url => $"nats://127.0.0.1:{Port}";

    /// <inheritdoc/>
    private protected override string ReadyLine => "Server is ready";

    /// <summary>Starts one, and returns when it answers.</summary>
    /// <param name="options">Further options of its command line.</param>
    /// <exception cref="InvalidOperationException">It is not installed, or did not come up. The message holds its output.</exception>
    public static async Task<NatsServer> StartAsync(params string[] options)
    {
        var server = new NatsServer(options);
        await server.BringUpAsync();
        return server;
    }

    private protected override IEnumerable<string> Arguments(int port) => ["--addr", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), .. _options];

    // It speaks first.
    private protected override async Task AskAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var line = await ReadLineAsync(stream, cancellation);
        if (!line.StartsWith("INFO ", StringComparison.Ordinal)) throw new InvalidOperationException($"It said '{line}'.");
    }
}
