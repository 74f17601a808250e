using StackExchange.Redis;

namespace Peers;

/// <summary>Says in one sentence why Redis could not be had, and what to do about it.</summary>
internal static class RedisFailures
{
    public static BackplaneException Explain(string name, Exception exception) => new($"{name} {Reason(exception)}", exception);

    private static string Reason(Exception exception) => exception switch
    {
        _ when IsAboutPassword(exception) =>
            "asks for another user or password. Set user= and password= in RedisBackplaneOptions.Configuration to what the server has.",
        RedisServerException => $"refuses a command: {exception.Message}",
        TimeoutException =>
            "has accepted the connection and does not answer. See whether the server is overloaded, or something else listens there.",
        _ =>
            "does not answer. Start it, or correct RedisBackplaneOptions.Configuration (ssl=true where it speaks TLS); with OnStart = BackplaneStart.Degraded the application starts without it.",
    };

    // A server that wants a password before anything else refuses the greeting, which the client does not count as a failed login.
    private static bool IsAboutPassword(Exception exception) =>
        exception is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
        || (exception.ToString() is var text && (text.Contains("NOAUTH", StringComparison.Ordinal) || text.Contains("WRONGPASS", StringComparison.Ordinal)));
}
