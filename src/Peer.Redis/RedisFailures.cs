using StackExchange.Redis;

namespace Peers;

/// <summary>Says in one sentence why Redis could not be had, and what to do about it.</summary>
internal static class RedisFailures
{
    public static BackplaneException Explain(string name, Exception exception) => new($"{name} {Reason(exception)}", exception);

    private static string Reason(Exception exception) => exception switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
            "refuses the user or password. Set User and Password of RedisBackplaneOptions.Configuration to what the server's configuration or ACL has.",
        _ when exception.ToString() is var text && (text.Contains("NOAUTH", StringComparison.Ordinal) || text.Contains("WRONGPASS", StringComparison.Ordinal)) =>
            "asks for a password, or for another. Set User and Password of RedisBackplaneOptions.Configuration to what the server's configuration or ACL has.",
        RedisServerException => $"refuses a command: {exception.Message}",
        _ when exception is TimeoutException =>
            "has accepted the connection and does not answer. See whether the server is overloaded, or something else listens there.",
        _ => "does not answer. Start the server, or correct EndPoints (and Ssl, where it speaks TLS) of RedisBackplaneOptions.Configuration. " +
            "With OnStart = Degraded the application starts without it and connects later.",
    };
}
