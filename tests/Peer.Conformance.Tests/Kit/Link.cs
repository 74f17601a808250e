using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Peers.TestKit;

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
    private const int NarrowBuffer = 8 * 1024;

    public static Link[] All { get; } = [Link.Tcp, Link.Tls, Link.Http2, Link.Http2Tls];

    /// <summary>Those on which a connection is the peer's alone.</summary>
    public static Link[] OfTheirOwn { get; } = [Link.Tcp, Link.Tls];

    /// <summary>Whether it lies behind TLS.</summary>
    public static bool IsEncrypted(this Link link) => link is Link.Tls or Link.Http2Tls;

    /// <summary>What a server speaks on it.</summary>
    public static HttpProtocols Protocols(this Link link) => link is Link.Tcp or Link.Tls ? HttpProtocols.Http1 : HttpProtocols.Http2;

    /// <summary>A client of HTTP/2, whose WebSockets to one port share a connection.</summary>
    public static HttpMessageInvoker CreateHttp() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost" },
    });

    /// <summary>Opens a WebSocket over it.</summary>
    public static Task<RawClient> ConnectAsync(this Link link, HttpMessageInvoker http, int port, string path, params (string Name, string? Value)[] headers) =>
        link.Protocols() == HttpProtocols.Http1
            ? RawClient.ConnectAsync(port, path, link.IsEncrypted(), headers)
            : RawClient.ConnectHttp2Async(http, port, path, link.IsEncrypted(), headers);

    /// <summary>As <see cref="ConnectAsync"/>, with a small receive buffer: a client that does not read is sent no more than some hundred kilobytes. A stream of HTTP/2 begins with a window of 64 KiB anyway.</summary>
    public static Task<RawClient> ConnectNarrowAsync(this Link link, HttpMessageInvoker http, int port, string path, params (string Name, string? Value)[] headers) =>
        link.Protocols() == HttpProtocols.Http1
            ? RawClient.ConnectNarrowAsync(port, path, link.IsEncrypted(), NarrowBuffer, headers)
            : link.ConnectAsync(http, port, path, headers);
}
