using Peers.TestKit;

namespace Peers.Tests.Kit;

/// <summary>What the standard asks for, said once.</summary>
internal static class RawClientExtensions
{
    /// <summary>The connection is failed, RFC 6455 §7.1.7: a close frame with this code comes next, and after its answer the end, without a reset.</summary>
    public static async Task AssertFailedAsync(this RawClient client, int code)
    {
        var close = await client.ReceiveAsync(RawOpcode.Close);
        Assert.Equal(code, close.CloseCode);
        await client.SendFrameAsync(RawOpcode.Close, close.Payload);
        await client.ReceiveEndAsync();
    }

    /// <summary>A message comes back, and the connection can be closed as it should.</summary>
    public static async Task AssertEchoAsync(this RawClient client, RawOpcode opcode, byte[] message)
    {
        var frame = await client.ReceiveAsync(opcode);
        Assert.True(frame.Fin);
        Assert.Equal(message, frame.Payload);
        Assert.Equal(1000, await client.CloseAsync());
    }

    /// <summary>A message in fragments of a size.</summary>
    public static byte[] Fragments(RawOpcode opcode, ReadOnlySpan<byte> message, int size)
    {
        var bytes = new MemoryStream();
        for (var start = 0; start == 0 || start < message.Length; start += size)
        {
            var part = message.Slice(start, Math.Min(size, message.Length - start));
            bytes.Write(RawFrame.Write(start == 0 ? opcode : RawOpcode.Continuation, part, fin: start + size >= message.Length));
        }

        return bytes.ToArray();
    }
}
