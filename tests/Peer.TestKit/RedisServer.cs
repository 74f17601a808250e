using System.Globalization;
using System.Net.Sockets;

namespace Peers.TestKit;

/// <summary>A redis-server of its own, which keeps nothing on disk.</summary>
public sealed class RedisServer : BrokerServer
{
    private readonly string[] _options;

    private RedisServer(string[] options) : base("redis-server") => _options = options;

    /// <summary>Where clients connect.</summary>
    public string Endpoint => $"127.0.0.1:{Port}";

    /// <inheritdoc/>
    private protected override string ReadyLine => "Ready to accept connections";

    /// <summary>Starts one, and returns when it answers.</summary>
    /// <param name="options">Further options of its command line.</param>
    /// <exception cref="InvalidOperationException">It is not installed, or did not come up. The message holds its output.</exception>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        var server = new RedisServer(options);
        await server.BringUpAsync();
        return server;
    }

    private protected override IEnumerable<string> Arguments(int port) =>
        ["--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--save", "", "--appendonly", "no", .. _options];

    // One that asks for a password answers as well.
    private protected override async Task AskAsync(NetworkStream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellation);
        var line = await ReadLineAsync(stream, cancellation);
        if (line is not "+PONG" && !line.StartsWith("-NOAUTH ", StringComparison.Ordinal)) throw new InvalidOperationException($"It answered '{line}'.");
    }
}
