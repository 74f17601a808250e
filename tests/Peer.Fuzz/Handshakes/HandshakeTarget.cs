using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>What is ours of the opening handshake: headers, key, extensions, origin, subprotocols.</summary>
/// <remarks>Input: a request as it stands on the wire, in Latin-1. A header <c>:protocol</c> makes it HTTP/2's.</remarks>
internal sealed class HandshakeTarget : IFuzzTarget
{
    private static readonly OriginRule s_origins = new(["https://example.com", "http://localhost:5000"]);

    private static readonly CompressionOptions[] s_compression =
    [
        new() { Enabled = true },
        new() { Enabled = true, ServerContextTakeover = true, ClientContextTakeover = true },
        new() { Enabled = true, ServerMaxWindowBits = 10, ClientMaxWindowBits = 9, ClientContextTakeover = true },
    ];

    public string Name => "handshake";

    public void Run(ReadOnlySpan<byte> input)
    {
        var http = Parse(Encoding.Latin1.GetString(input));
        var fault = OpeningHandshake.Check(http);
        if (fault is null) CheckAccepted(http);
        else Claim.That(fault.StatusCode is 400 or 405 or 426 or 501);

        CheckSubprotocols(new HttpUpgradeRequest(http, new HandshakeClock(TimeProvider.System, Timeout.InfiniteTimeSpan)));
        foreach (var origin in http.Request.Headers.Origin) CheckOrigin(origin!, http.Request);
        foreach (var options in s_compression)
        {
            CheckExtensions(http.Request.Headers.SecWebSocketExtensions.ToString(), options, hasWindows: true);
            CheckExtensions(http.Request.Headers.SecWebSocketExtensions.ToString(), options, hasWindows: false);
        }
    }

    private static DefaultHttpContext Parse(string text)
    {
        var lines = text.Split("\r\n");
        var start = lines[0].Split(' ', 3);
        var http = new DefaultHttpContext();
        http.Request.Method = start[0];
        http.Request.Protocol = start is [_, _, var protocol] ? protocol : HttpProtocol.Http11;
        http.Request.Scheme = "https";
        foreach (var line in lines.Skip(1).TakeWhile(line => line.Length > 0))
        {
            if (line.Split(':', 2) is not [{ Length: > 0 } name, var value]) AddProtocol(http, line);
            else http.Request.Headers.Append(name, value.Trim(' ', '\t'));
        }

        return http;
    }

    private static void AddProtocol(HttpContext http, string line)
    {
        if (line.StartsWith(":protocol:", StringComparison.Ordinal)) http.Features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect(line[":protocol:".Length..].Trim()));
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 fixes SHA-1.")]
    private static void CheckAccepted(HttpContext http)
    {
        var headers = http.Request.Headers;
        Claim.Same("13", headers.SecWebSocketVersion.ToString());
        Claim.That(headers.Origin.Count <= 1);
        Claim.That(ExtensionReader.IsValid(headers.SecWebSocketExtensions.ToString()));
        if (!OpeningHandshake.IsHttp1(http.Request)) return;

        var key = headers.SecWebSocketKey.ToString();
        Claim.Same(16, Convert.FromBase64String(key).Length);
        Claim.That(headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase));
        Claim.That(headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase));
        Claim.Same(Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))), Handshake.Accept(key));
    }

    private static void CheckSubprotocols(HttpUpgradeRequest request)
    {
        foreach (var subprotocol in request.Subprotocols) Claim.That(subprotocol.Length > 0 && !subprotocol.Contains(',', StringComparison.Ordinal) && subprotocol.Trim() == subprotocol);
        _ = request.Header("Sec-WebSocket-Protocol");
        _ = request.Path;
    }

    private static void CheckOrigin(string origin, HttpRequest request)
    {
        // Whatever the Host; and then with one that the client did not choose.
        s_origins.Allows(origin, request);
        request.Host = new HostString("chat.example.com");
        if (!s_origins.Allows(origin, request)) return;
        Claim.That(!origin.AsSpan().ContainsAny("@?#"), "an origin is a scheme, a host and a port");
        Claim.That(
            origin.Contains("https:", StringComparison.OrdinalIgnoreCase) && origin.Contains("example.com", StringComparison.OrdinalIgnoreCase)
            || origin.Contains("http:", StringComparison.OrdinalIgnoreCase) && origin.Contains("localhost:5000", StringComparison.OrdinalIgnoreCase),
            "a page of this origin may connect");
    }

    private static void CheckExtensions(string header, CompressionOptions options, bool hasWindows)
    {
        if (!DeflateParameters.TryNegotiate(header, options, hasWindows, out var agreed)) return;
        Claim.That(ExtensionReader.IsValid(header));
        Claim.That(ExtensionReader.IsValid(agreed.Response));
        Claim.That(agreed.ServerWindowBits is >= CompressionOptions.SmallestWindowBits and <= CompressionOptions.LargestWindowBits);
        Claim.That(agreed.ClientWindowBits is >= CompressionOptions.SmallestWindowBits and <= CompressionOptions.LargestWindowBits);
        Claim.That(hasWindows || agreed.ServerWindowBits == CompressionOptions.LargestWindowBits);

        // RFC 7692 §7.1.2.2: only a client that offered it may be answered with it.
        Claim.That(!agreed.Response.Contains("client_max_window_bits", StringComparison.Ordinal) || header.Contains("client_max_window_bits", StringComparison.Ordinal));

        // Every answer is an offer too, and one that asks for exactly that.
        Claim.That(DeflateParameters.TryNegotiate(agreed.Response, options, hasWindows, out var again));
        Claim.Same(agreed.ServerWindowBits, again.ServerWindowBits);
        Claim.Same(agreed.ServerTakesOver, again.ServerTakesOver);
        Claim.Same(agreed.ClientTakesOver, again.ClientTakesOver);
    }

    private sealed class ExtendedConnect(string protocol) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string? Protocol => protocol;

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }
}
