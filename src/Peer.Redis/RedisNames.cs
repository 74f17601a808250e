using System.Text;
using StackExchange.Redis;

namespace Peers;

/// <summary>Names of Redis' channels for names of ours: a prefix, and the name in UTF-8. Different names stay different.</summary>
/// <remarks>
/// Always literal, so that <c>*</c> and <c>[</c> are letters like others. Lone surrogates, which UTF-8 does not know, become three bytes as
/// if it did: nobody decodes a name, so it only has to be one of its own. In a cluster of Redis a channel belongs to the server of its hash
/// slot: what one node publishes to it takes one way and keeps its order.
/// </remarks>
internal sealed class RedisNames(string prefix)
{
    private const int BytesOfSurrogate = 3;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix + ":");

    public RedisChannel Of(string channel)
    {
        var name = new byte[_prefix.Length + Encoding.UTF8.GetByteCount(channel)];
        _prefix.CopyTo(name, 0);
        Write(channel, name.AsSpan(_prefix.Length));
        return RedisChannel.Literal(name).WithKeyRouting();
    }

    // U+FFFD, which the encoder puts in their place, has three bytes as well: the length is right.
    private static void Write(ReadOnlySpan<char> text, Span<byte> destination)
    {
        while (!text.IsEmpty)
        {
            var lone = IndexOfLoneSurrogate(text);
            var whole = lone < 0 ? text : text[..lone];
            destination = destination[Encoding.UTF8.GetBytes(whole, destination)..];
            if (lone < 0) return;

            var unit = text[lone];
            destination[0] = (byte)(0xE0 | (unit >> 12));
            destination[1] = (byte)(0x80 | ((unit >> 6) & 0x3F));
            destination[2] = (byte)(0x80 | (unit & 0x3F));
            destination = destination[BytesOfSurrogate..];
            text = text[(lone + 1)..];
        }
    }

    private static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return i;
            i++;
        }

        return -1;
    }
}
