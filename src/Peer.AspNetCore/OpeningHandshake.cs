using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Peers.WebSockets;

namespace Peers;

/// <summary>What a client's opening handshake must be: RFC 6455 §4.2.1 over HTTP/1.1, RFC 8441 §5 over HTTP/2, RFC 9220 over HTTP/3.</summary>
internal static class OpeningHandshake
{
    private const string WebSocket = "websocket";
    private const string Version = "13";

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> s_tokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly HandshakeFault s_http10 = new(400, "A WebSocket needs HTTP/1.1 or later.");
    private static readonly HandshakeFault s_method = new HandshakeFault(405, "A WebSocket is opened by GET.").With(HeaderNames.Allow, "GET");
    private static readonly HandshakeFault s_upgrade = new HandshakeFault(426, "This is a WebSocket endpoint: the request needs the header 'Upgrade: websocket'.").With(HeaderNames.Upgrade, WebSocket);
    private static readonly HandshakeFault s_connection = new(400, "The Connection header does not list 'Upgrade'.");
    private static readonly HandshakeFault s_body = new(400, "A WebSocket's handshake has no body.");
    private static readonly HandshakeFault s_version = new HandshakeFault(426, "Sec-WebSocket-Version must be 13.").With(HeaderNames.SecWebSocketVersion, Version);
    private static readonly HandshakeFault s_key = new(400, "Sec-WebSocket-Key must be there once: 16 bytes in base64.");
    private static readonly HandshakeFault s_extensions = new(400, "Sec-WebSocket-Extensions is malformed.");
    private static readonly HandshakeFault s_subprotocols = new(400, "Sec-WebSocket-Protocol is malformed.");
    private static readonly HandshakeFault s_origin = new(400, "Origin is there more than once.");
    private static readonly HandshakeFault s_connect = new(400, "This is a WebSocket endpoint: over HTTP/2 and later it is opened by CONNECT with ':protocol' websocket.");
    private static readonly HandshakeFault s_protocol = new(501, "The only ':protocol' here is websocket.");

    /// <summary>Whether the request asks for a WebSocket, be it well-formed or not; any other is an ordinary request.</summary>
    public static bool IsAttempt(HttpContext http) => IsHttp1(http.Request)
        ? HttpMethods.IsGet(http.Request.Method) && Lists(http.Request.Headers.Upgrade, WebSocket)
        : http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>Finds what is wrong with a handshake; null where nothing is.</summary>
    public static HandshakeFault? Check(HttpContext http)
    {
        var request = http.Request;
        var fault = IsHttp1(request) ? CheckUpgrade(request) : CheckConnect(http);
        if (fault is not null) return fault;
        if (request.Headers.SecWebSocketVersion is not [Version]) return s_version;
        if (IsHttp1(request) && !IsKey(request.Headers.SecWebSocketKey)) return s_key;
        if (!ExtensionReader.IsValid(request.Headers.SecWebSocketExtensions.ToString())) return s_extensions;
        if (!AreTokens(request.Headers.SecWebSocketProtocol)) return s_subprotocols;
        return request.Headers.Origin.Count > 1 ? s_origin : null;
    }

    /// <summary>Whether the request is of HTTP/1, where a connection is upgraded; later versions open a stream.</summary>
    public static bool IsHttp1(HttpRequest request) => HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol);

    /// <summary>The elements of a comma-separated header that may be repeated, RFC 9110 §5.6.1.</summary>
    public static List<string> ListOf(StringValues values)
    {
        var list = new List<string>();
        foreach (var value in values)
        {
            list.AddRange((value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return list;
    }

    private static HandshakeFault? CheckUpgrade(HttpRequest request)
    {
        if (HttpProtocol.IsHttp10(request.Protocol)) return s_http10;
        if (!HttpMethods.IsGet(request.Method)) return s_method;
        if (!Lists(request.Headers.Upgrade, WebSocket)) return s_upgrade;
        if (!Lists(request.Headers.Connection, "Upgrade")) return s_connection;
        return request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0 ? s_body : null;
    }

    private static HandshakeFault? CheckConnect(HttpContext http)
    {
        if (http.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true } connect) return s_connect;
        return string.Equals(connect.Protocol, WebSocket, StringComparison.OrdinalIgnoreCase) ? null : s_protocol;
    }

    private static bool Lists(StringValues values, string token) => ListOf(values).Contains(token, StringComparer.OrdinalIgnoreCase);

    // RFC 6455 §4.1. An upgrade hook answers with one that was offered, and a header of the response cannot carry other text.
    private static bool AreTokens(StringValues values) =>
        values.Count == 0 || ListOf(values).TrueForAll(static value => !value.AsSpan().ContainsAnyExcept(s_tokenCharacters));

    private static bool IsKey(StringValues values) => values is [{ } key] && Handshake.IsValidKey(key);
}
