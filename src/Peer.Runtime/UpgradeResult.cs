using System.Buffers;

namespace Peers;

/// <summary>The answer of an upgrade hook: the client is accepted, or rejected with a status.</summary>
public sealed class UpgradeResult
{
    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> s_tokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What frames the answer or belongs to the connection: RFC 9110 §7.6.1 and §8.6, RFC 9112 §6.
    private static readonly string[] s_framing =
        ["Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

    private List<KeyValuePair<string, string>>? _headers;

    private UpgradeResult(bool isAccepted, int statusCode, string? subprotocol, string? body) =>
        (IsAccepted, StatusCode, Subprotocol, Body) = (isAccepted, statusCode, subprotocol, body);

    /// <summary>Whether the client may connect.</summary>
    public bool IsAccepted { get; }

    /// <summary>The HTTP status: 101, or that of the rejection.</summary>
    public int StatusCode { get; }

    /// <summary>The chosen subprotocol, one of those that the client offers, or null for none.</summary>
    public string? Subprotocol { get; }

    /// <summary>The body of a rejection, plain text, or null.</summary>
    public string? Body { get; }

    /// <summary>The route value because of which generated code rejects the request; null where a hook decided.</summary>
    internal string? UnreadableRouteValue { get; init; }

    /// <summary>Headers that go with the answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers ?? [];

    /// <summary>Lets the client in.</summary>
    /// <param name="subprotocol">One of <see cref="UpgradeRequest.Subprotocols"/>, or null. One that was not offered answers 500.</param>
    public static UpgradeResult Accept(string? subprotocol = null) => new(true, 101, subprotocol, null);

    /// <summary>Turns the client away.</summary>
    /// <param name="statusCode">Any HTTP status from 300 to 599.</param>
    /// <param name="body">Plain text for the client, or null.</param>
    public static UpgradeResult Reject(int statusCode = 403, string? body = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 599);
        return new(false, statusCode, null, body);
    }

    internal static UpgradeResult RejectRouteValue(string name) =>
        new(false, 400, null, $"The route value '{name}' is missing or cannot be read.") { UnreadableRouteValue = name };

    /// <summary>Adds a header to the answer and returns this. The same name may be added more than once.</summary>
    /// <param name="name">
    /// Any name but those that the server writes itself: <c>Connection</c>, <c>Content-Length</c>, <c>Transfer-Encoding</c>, <c>Upgrade</c>
    /// and the like, and all of <c>Sec-WebSocket-*</c>.
    /// </param>
    /// <param name="value">The value, without control characters.</param>
    /// <exception cref="ArgumentException">The server writes that header itself, the name is no token, or the value has a control character.</exception>
    public UpgradeResult WithHeader(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        CheckName(name);
        CheckValue(name, value);
        (_headers ??= []).Add(new(name, value));
        return this;
    }

    private static void CheckName(string name)
    {
        if (name.AsSpan().ContainsAnyExcept(s_tokenCharacters))
        {
            throw new ArgumentException("The name of a header is a token, RFC 9110 §5.6.2: letters, digits and !#$%&'*+-.^_`|~.", nameof(name));
        }

        var isHandshake = name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase);
        if (!isHandshake && !s_framing.Contains(name, StringComparer.OrdinalIgnoreCase)) return;
        var remedy = isHandshake ? " Choose a subprotocol by UpgradeResult.Accept(subprotocol), and compression by PeerOptions.Compression." : "";
        throw new ArgumentException($"An upgrade hook cannot set the header '{name}': the server writes it itself.{remedy}", nameof(name));
    }

    private static void CheckValue(string name, string value)
    {
        if (!value.Any(static c => char.IsControl(c) && c != '\t')) return;
        throw new ArgumentException($"The value of the header '{name}' has a control character.", nameof(value));
    }
}
