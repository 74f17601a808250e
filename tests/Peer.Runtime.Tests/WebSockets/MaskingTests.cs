using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

public sealed class MaskingTests
{
    private const uint Key = 0x3D21FA37;

    [Fact]
    public void Every_length_and_offset_is_masked_as_by_the_loop_of_the_standard()
    {
        byte[] original = [.. Enumerable.Range(0, 700).Select(i => (byte)(i * 31))];
        for (int length = 0; length <= 300; length++)
        {
            for (int start = 0; start < 8; start++)
            {
                byte[] bytes = [.. original];
                Masking.Apply(bytes.AsSpan(start, length), Key);
                AssertMasked(original, bytes, start, length, offset: 0);
            }
        }
    }

    [Fact]
    public void Payload_cut_anywhere_is_masked_as_in_one_piece()
    {
        byte[] original = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 13))];
        for (int cut = 0; cut <= original.Length; cut++)
        {
            byte[] bytes = [.. original];
            Masking.Apply(bytes.AsSpan(0, cut), Key);
            Masking.Apply(bytes.AsSpan(cut), Masking.KeyAt(Key, cut));
            AssertMasked(original, bytes, 0, original.Length, offset: 0);
        }
    }

    [Fact]
    public void One_byte_that_is_not_ASCII_is_noticed_wherever_it_stands()
    {
        for (int length = 1; length <= 300; length++)
        {
            Assert.True(Masking.Apply(Masked(length, notAscii: -1), Key));
            for (int at = 0; at < length; at++)
            {
                if (Masking.Apply(Masked(length, at), Key)) Assert.Fail($"Byte {at} of {length} went unnoticed.");
            }
        }
    }

    [Fact]
    public void Nothing_is_ASCII() => Assert.True(Masking.Apply([], Key));

    private static byte[] Masked(int length, int notAscii)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; at++) bytes[at] = (byte)((at == notAscii ? 0x80 : 0x7F) ^ KeyByte(at));
        return bytes;
    }

    // RFC 6455 §5.3:  transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)
    private static void AssertMasked(byte[] original, byte[] bytes, int start, int length, int offset)
    {
        for (int at = 0; at < original.Length; at++)
        {
            bool isInside = at >= start && at < start + length;
            byte expected = (byte)(isInside ? original[at] ^ KeyByte(offset + at - start) : original[at]);
            if (bytes[at] != expected) Assert.Fail($"Byte {at} is wrong with {length} bytes from {start}.");
        }
    }

    private static byte KeyByte(int at) => (byte)(Key >> (8 * (at % 4)));
}
