using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

/// <summary>The hash of the opening handshake, RFC 3174.</summary>
public sealed class Sha1Tests
{
    [Theory]
    [InlineData("abc", "A9993E364706816ABA3E25717850C26C9CD0D89D")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983E441C3BD26EBAAE4AA1F95129E5E54670F1")]
    public void The_examples_of_the_standard(string text, string expected) => Assert.Equal(expected, Convert.ToHexString(Hash(Encoding.ASCII.GetBytes(text))));

    [Fact]
    [SuppressMessage("Security", "CA5350", Justification = "It is what is compared.")]
    public void Texts_of_every_length_up_to_three_blocks_hash_as_in_the_base_library()
    {
        var random = new Random(1);
        for (var length = 0; length <= 192; length++)
        {
            var text = new byte[length];
            random.NextBytes(text);
            Assert.Equal(SHA1.HashData(text), Hash(text));
        }
    }

    private static byte[] Hash(byte[] text)
    {
        var hash = new byte[Sha1.Length];
        Sha1.Hash(text, hash);
        return hash;
    }
}
