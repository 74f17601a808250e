using System.Text;

namespace Peers.WebSockets;

/// <summary>The keys of the opening handshake, RFC 6455 §4.</summary>
internal static class Handshake
{
    /// <summary>The length of a <c>Sec-WebSocket-Key</c>.</summary>
    public const int KeyLength = 24;

    private const int NonceLength = 16;

    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Whether a <c>Sec-WebSocket-Key</c> is 16 bytes in base64, §4.2.1.</summary>
    public static bool IsValidKey(ReadOnlySpan<char> key)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        return key.Length == KeyLength && Convert.TryFromBase64Chars(key, nonce, out int written) && written == NonceLength;
    }

    /// <summary>The <c>Sec-WebSocket-Accept</c> that answers a key, §4.2.2. Allocates that string alone.</summary>
    /// <param name="key">A valid key.</param>
    public static string Accept(ReadOnlySpan<char> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength, nameof(key));
        Span<byte> joined = stackalloc byte[KeyLength + Guid.Length];
        Encoding.ASCII.GetBytes(key, joined);
        Guid.CopyTo(joined[KeyLength..]);
        Span<byte> hash = stackalloc byte[Sha1.Length];
        Sha1.Hash(joined, hash);
        return Convert.ToBase64String(hash);
    }
}
