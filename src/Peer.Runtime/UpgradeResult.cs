namespace Peers;

/// <summary>The answer of an upgrade hook: come in, or go away and why.</summary>
public sealed class UpgradeResult
{
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

    /// <summary>Adds a header to the answer and returns this.</summary>
    public UpgradeResult WithHeader(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (_headers ??= []).Add(new(name, value));
        return this;
    }
}
