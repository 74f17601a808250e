using StackExchange.Redis;

namespace Peers;

/// <summary>Where the Redis server is, and how it is used.</summary>
public sealed class RedisBackplaneOptions : BackplaneOptions
{
    // The client looks once a second whether it is time.
    private const int RetryMilliseconds = 500;

    /// <summary>The servers and how to reach them, as the client takes them: <c>host:6379,user=…,password=…,ssl=true</c>. Default: <c>localhost:6379</c>.</summary>
    public string Configuration { get; set; } = "localhost:6379";

    /// <summary>What the name of every channel begins with on the server, before a colon. Applications that share a server need different ones. Default: <c>peers</c>.</summary>
    public string Prefix { get; set; } = "peers";

    /// <summary>Changes the client's own options, those for TLS and credentials among them; null leaves them. Gets what <see cref="Configuration"/> says, with an attempt to reconnect every second.</summary>
    /// <remarks>
    /// Three of the result are not used: the start fails where the server is not there (<c>AbortOnConnectFail</c>), what cannot be sent now is counted as lost
    /// (<c>BacklogPolicy</c>), and nothing is sent twice (<c>RetryPolicy</c>).
    /// </remarks>
    public Action<ConfigurationOptions>? Client { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The configuration is none or names no server, or the prefix is empty.</exception>
    public override void Validate()
    {
        base.Validate();
        Check(!string.IsNullOrWhiteSpace(Prefix), nameof(Prefix), "RedisBackplaneOptions.Prefix is empty.");
        Check(!string.IsNullOrWhiteSpace(Configuration), nameof(Configuration), "RedisBackplaneOptions.Configuration is empty.");
        Check(ToClient().EndPoints.Count > 0, nameof(Configuration), "RedisBackplaneOptions.Configuration names no server.");
    }

    /// <summary>The client's options, with what the contract of backplanes asks of it.</summary>
    internal ConfigurationOptions ToClient()
    {
        var client = ConfigurationOptions.Parse(Configuration);
        client.ReconnectRetryPolicy = new LinearRetry(RetryMilliseconds);
        Client?.Invoke(client);
        client.AbortOnConnectFail = true;
        client.BacklogPolicy = BacklogPolicy.FailFast;
        client.RetryPolicy = null;
        client.SetDefaultPorts();
        return client;
    }

    private static void Check(bool works, string option, string message)
    {
        if (!works) throw new ArgumentException(message, option);
    }
}
