using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Peers.Bench.Servers;

/// <summary>The floor: Kestrel's own pipes after the upgrade, and an echo of small unfragmented frames that checks nothing.</summary>
internal static class BareServer
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.Map("/echo", EchoAsync);
        app.Map("/rooms/{room}", EchoAsync);
        return app;
    }

    private static async Task EchoAsync(HttpContext http)
    {
        // RFC 6455 §4.2.2: SHA-1 is what the handshake asks for.
        var key = http.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350
        http.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
        http.Response.Headers.Upgrade = "websocket";
        await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var pipe = http.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
        while (await pipe.Input.ReadAsync() is { IsCompleted: false } read)
        {
            pipe.Input.AdvanceTo(Echo(read.Buffer, pipe.Output), read.Buffer.End);
            await pipe.Output.FlushAsync();
        }
    }

    // Says where the first frame begins that is not whole yet.
    private static SequencePosition Echo(ReadOnlySequence<byte> buffer, PipeWriter output)
    {
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        var offset = 0;
        while (bytes.Length - offset >= 6)
        {
            var length = bytes[offset + 1] & 0x7f;
            if (length > 125 || bytes.Length - offset < 6 + length) break;
            var frame = output.GetSpan(2 + length);
            (frame[0], frame[1]) = (bytes[offset], (byte)length);
            for (var i = 0; i < length; i++) frame[2 + i] = (byte)(bytes[offset + 6 + i] ^ bytes[offset + 2 + (i & 3)]);
            output.Advance(2 + length);
            offset += 6 + length;
        }

        return buffer.GetPosition(offset);
    }
}
