using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Peers;

/// <summary>The subject of a channel: the prefix and one token, in which what NATS reserves, or does not take, is percent-encoded. Different channels have different subjects.</summary>
/// <remarks>Safe from any thread; allocates nothing for a channel that it has seen.</remarks>
internal sealed class NatsSubjects(string prefix)
{
    // The server takes control lines of 4,096 bytes, and repeats subjects in its logs and monitoring.
    private const int LongestToken = 256;
    private const int MostRemembered = 65_536;

    private static readonly SearchValues<char> s_plain = SearchValues.Create("!\"#$&'()+,-/0123456789:;<=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    public string Of(string channel)
    {
        if (_known.TryGetValue(channel, out var subject)) return subject;
        if (_known.Count >= MostRemembered) _known.Clear();
        return _known.GetOrAdd(channel, $"{prefix}.{Token(channel)}");
    }

    /// <summary>Whether subjects can begin with it.</summary>
    public static bool IsPrefix(string prefix) => prefix.Split('.').All(static token => token.Length > 0 && !token.AsSpan().ContainsAnyExcept(s_plain));

    private static string Token(string channel)
    {
        if (channel.Length <= LongestToken && !channel.AsSpan().ContainsAnyExcept(s_plain)) return channel;
        var token = channel.Length <= LongestToken ? Encode(channel) : "";
        return token.Length is > 0 and <= LongestToken ? token : Hash(channel);
    }

    private static string Encode(string channel)
    {
        var token = new StringBuilder();
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < channel.Length;)
        {
            if (Rune.DecodeFromUtf16(channel.AsSpan(i), out var rune, out var length) != OperationStatus.Done) token.Append(CultureInfo.InvariantCulture, $"%u{(int)channel[i]:X4}");
            else if (s_plain.Contains(channel[i])) token.Append(channel[i]);
            else foreach (var value in utf8[..rune.EncodeToUtf8(utf8)]) token.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            i += length;
        }

        return token.ToString();
    }

    private static string Hash(string channel) => "%h" + Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(channel.AsSpan())));
}
