namespace Peers;

/// <summary>Why a request is no opening handshake, or none that can be answered: status, text for the client, and the header that helps it.</summary>
internal sealed record HandshakeFault(int StatusCode, string Reason)
{
    /// <summary>What it is counted as.</summary>
    public string Kind { get; init; } = "malformed";

    /// <summary>The name of a header of the answer, or null.</summary>
    public string? HeaderName { get; private init; }

    /// <summary>Its value.</summary>
    public string? HeaderValue { get; private init; }

    /// <summary>The same with a header.</summary>
    public HandshakeFault With(string name, string value) => this with { HeaderName = name, HeaderValue = value };
}
