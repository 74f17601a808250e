using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

/// <summary>The bytes of a connection once its handshake has been answered, RFC 6455 §4.2.2: nothing here touches the request later.</summary>
/// <param name="Transport">Where they come from and go to.</param>
/// <param name="CloseRequested">Cancelled when the server wants to close the connection: it stops, or no longer listens at that endpoint.</param>
/// <param name="Detachable">The connection, where it can leave the server; <paramref name="Transport"/> is not used then.</param>
internal sealed record UpgradedBytes(PeerTransport Transport, CancellationToken CloseRequested, IDetachableConnection? Detachable = null)
{
    // RFC 8441 §5: what a reset is to TCP, CANCEL is to a stream.
    private const int Http2Cancel = 0x8;
    private const int Http3RequestCancelled = 0x10c;

    /// <summary>Whether the server can hand over the connection of this request.</summary>
    public static bool AreOffered(HttpContext http) =>
        !OpeningHandshake.IsHttp1(http.Request) || http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Whether the request comes from a WebSocket client of <c>TestServer</c>, which passes messages instead of bytes.</summary>
    public static bool IsTestServer(HttpContext http) =>
        !AreOffered(http) && http.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true };

    /// <summary>Answers the handshake and takes over the bytes. The response's other headers are set already.</summary>
    public static Task<UpgradedBytes> AcceptAsync(HttpContext http) =>
        OpeningHandshake.IsHttp1(http.Request) ? UpgradeAsync(http) : ConnectAsync(http);

    private static async Task<UpgradedBytes> UpgradeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.Upgrade = "websocket";
        headers.Connection = HeaderNames.Upgrade;
        headers.SecWebSocketAccept = Handshake.Accept(http.Request.Headers.SecWebSocketKey.ToString());

        var features = http.Features;
        var below = Connection(features);
        var stream = await features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();

        // The connection's own pipes, below the server's HTTP: a frame that came right behind the handshake is still in them.
        if (features.Get<IConnectionTransportFeature>()?.Transport is { } pipe)
        {
            var detachable = features.Get<IDetachableConnection>();
            return new(new PipeTransport(pipe, below, AcknowledgementsOf(features)), CloseRequestOf(features), detachable?.Owns(pipe) == true ? detachable : null);
        }

        return new(new StreamTransport(stream, complete: null, below), CloseRequestOf(features));
    }

    private static async Task<UpgradedBytes> ConnectAsync(HttpContext http)
    {
        var features = http.Features;
        var below = Stream(features, HttpProtocol.IsHttp3(http.Request.Protocol) ? Http3RequestCancelled : Http2Cancel);
        var stream = await features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
        return new(new StreamTransport(stream, complete: null, below), CloseRequestOf(features));
    }

    private static IAcknowledgements? AcknowledgementsOf(IFeatureCollection features)
    {
        if (features.Get<IAcknowledgements>() is { } known) return known;
        return features.Get<IConnectionSocketFeature>() is { } connection ? new SocketAcknowledgements(connection.Socket) : null;
    }

    // A feature of the server's connection; a request's features fall back to those.
    private static CancellationToken CloseRequestOf(IFeatureCollection features) =>
        features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;

    private static Below Connection(IFeatureCollection features) =>
        features.Get<IConnectionLifetimeFeature>() is { } connection ? new(connection, static below => ((IConnectionLifetimeFeature)below).Abort()) : Request(features);

    private static Below Stream(IFeatureCollection features, int code) =>
        features.Get<IHttpResetFeature>() is { } stream ? new(stream, below => ((IHttpResetFeature)below).Reset(code)) : Request(features);

    private static Below Request(IFeatureCollection features) =>
        new(features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), static below => ((IHttpRequestLifetimeFeature)below).Abort());
}
