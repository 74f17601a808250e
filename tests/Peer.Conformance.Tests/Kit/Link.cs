namespace Peers.Tests.Kit;

/// <summary>What lies between the raw client and the server.</summary>
public enum Link
{
    /// <summary>TCP and HTTP/1.1.</summary>
    Tcp,
    /// <summary>TLS and HTTP/1.1.</summary>
    Tls,
    /// <summary>A stream of HTTP/2, RFC 8441.</summary>
    Http2,
    /// <summary>The same behind TLS.</summary>
    Http2Tls,
}

/// <summary>The links that a test is run over.</summary>
internal static class Links
{
    public static Link[] All { get; } = [Link.Tcp, Link.Tls, Link.Http2, Link.Http2Tls];

    /// <summary>Those on which a connection is the peer's alone.</summary>
    public static Link[] OfTheirOwn { get; } = [Link.Tcp, Link.Tls];
}
