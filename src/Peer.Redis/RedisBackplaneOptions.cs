using StackExchange.Redis;

namespace Peers;

/// <summary>How channels go over Redis.</summary>
public sealed class RedisBackplaneOptions
{
    private const int RetryMilliseconds = 500;

    /// <summary>The client's own options: servers, user, password, TLS, timeouts. Default: no server yet, and an attempt to reconnect every second.</summary>
    /// <remarks>
    /// Three of them are set by the backplane, on a copy: <c>AbortOnConnectFail</c>, because starting has to fail where the server is not there;
    /// <c>BacklogPolicy.FailFast</c>, because what cannot be sent now is counted as lost; and no <c>RetryPolicy</c>, because nothing may arrive twice.
    /// </remarks>
    public ConfigurationOptions Configuration { get; set; } = new() { ReconnectRetryPolicy = new LinearRetry(RetryMilliseconds) };

    /// <summary>What the names of all channels begin with on the server, before a colon. Nodes that are to hear each other have the same. Default: <c>peers</c>.</summary>
    public string Prefix { get; set; } = "peers";
}
