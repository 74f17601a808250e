using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

/// <summary>Frames as a client puts them on the wire, written byte by byte after RFC 6455 §5.2 and without the code under test.</summary>
internal static class Wire
{
    private static readonly byte[] s_key = [0x37, 0xFA, 0x21, 0x3D];

    public static byte[] Text(string text, bool fin = true) => Frame((int)Opcode.Text, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Binary(byte[] payload, bool fin = true) => Frame((int)Opcode.Binary, payload, fin);

    public static byte[] More(string text, bool fin = false) => Frame((int)Opcode.Continuation, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Last(string text) => More(text, fin: true);

    public static byte[] Ping(string text) => Frame((int)Opcode.Ping, Encoding.UTF8.GetBytes(text));

    public static byte[] Pong(string text) => Frame((int)Opcode.Pong, Encoding.UTF8.GetBytes(text));

    public static byte[] Close(params byte[] payload) => Frame((int)Opcode.Close, payload);

    public static byte[] Frame(int opcode, byte[] payload, bool fin = true, int rsv = 0, bool masked = true)
    {
        int lengthField = payload.Length <= 125 ? 0 : payload.Length <= 65535 ? 2 : 8;
        return [.. Header(opcode, payload.Length, lengthField, fin, rsv, masked), .. masked ? Mask(payload) : payload];
    }

    /// <summary>A header alone, its length in as many bytes as asked for: 0, 2 or 8.</summary>
    public static byte[] Header(int opcode, long length, int lengthField, bool fin = true, int rsv = 0, bool masked = true)
    {
        int first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
        int second = (masked ? 0x80 : 0) | lengthField switch { 0 => (int)length, 2 => 126, _ => 127 };
        byte[] field = [.. Enumerable.Range(0, lengthField).Select(i => (byte)(length >> (8 * (lengthField - 1 - i))))];
        return [(byte)first, (byte)second, .. field, .. masked ? s_key : []];
    }

    public static byte[] Mask(byte[] payload) => [.. payload.Select((value, at) => (byte)(value ^ s_key[at % 4]))];

    public static byte[] Join(params byte[][] frames) => [.. frames.SelectMany(frame => frame)];

    public static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));
}
