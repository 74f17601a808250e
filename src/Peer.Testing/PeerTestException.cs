namespace Peers;

/// <summary>A test's client met something other than what the test said. The message tells what was expected and what came.</summary>
public class PeerTestException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The client was turned away before it was connected.</summary>
public sealed class PeerTestRejectedException : PeerTestException
{
    internal PeerTestRejectedException(string message, UpgradeResult result, Exception? inner = null) : base(message, inner) =>
        (StatusCode, Body, Headers) = (result.StatusCode, result.Body, result.Headers);

    /// <summary>The HTTP status: the upgrade hook's; 404 where no handler is mapped to the path, 500 where the handler's constructor or upgrade hook threw, 503 over <see cref="PeerOptions.MaxPeers"/>.</summary>
    public int StatusCode { get; }

    /// <summary>The body, or null.</summary>
    public string? Body { get; }

    /// <summary>The headers that the upgrade hook added.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }
}

/// <summary>The connection is over. Where a hook failed, <see cref="Exception.InnerException"/> is what it threw.</summary>
public sealed class PeerTestClosedException : PeerTestException
{
    internal PeerTestClosedException(string message, CloseEvent close, Exception? inner) : base(message, inner) => Close = close;

    /// <summary>How it ended, as the client sees it.</summary>
    public CloseEvent Close { get; }
}

/// <summary>A request was answered with <c>$error</c>. Where its hook failed, <see cref="Exception.InnerException"/> is what it threw.</summary>
public sealed class PeerTestRequestException : PeerTestException
{
    internal PeerTestRequestException(string message, string code, Exception? inner) : base(message, inner) => Code = code;

    /// <summary>The error's code, such as <c>invalid</c>, <c>unknown-type</c> or <c>failed</c>.</summary>
    public string Code { get; }
}
