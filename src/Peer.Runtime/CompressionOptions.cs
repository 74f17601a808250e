using Peers.WebSockets;

namespace Peers;

/// <summary>How an endpoint compresses messages (permessage-deflate, RFC 7692). Off by default, and used only with clients that offer it.</summary>
/// <remarks>
/// A message is compressed where <c>compress: true</c> asks for it or it is at least <see cref="Threshold"/> bytes long, and only if that makes it
/// smaller. Without context takeover a peer keeps nothing between messages. Do not compress a secret together with what a stranger chose:
/// the length would tell about the secret.
/// </remarks>
public sealed class CompressionOptions
{
    /// <summary>The largest LZ77 window of DEFLATE, 32 KiB, as a power of two.</summary>
    internal const int LargestWindowBits = 15;

    /// <summary>The smallest window that is agreed to, 512 bytes. RFC 7692 knows 8 too, which zlib cannot keep to: offers of it are declined.</summary>
    internal const int SmallestWindowBits = 9;

    private DeflateCodec? _codec;

    /// <summary>Whether clients that offer compression get it. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>From how many bytes on a message is compressed without being asked for. Default: never, only <c>compress: true</c> does.</summary>
    /// <remarks>Below some 200 bytes little is saved; 1,024 is a good value for JSON.</remarks>
    public int Threshold { get; set; } = int.MaxValue;

    /// <summary>How hard to try, from 1 (fast) to 9 (small). Default: 1.</summary>
    public int Level { get; set; } = 1;

    /// <summary>Whether messages to a client may refer to earlier ones: smaller, but each peer keeps a window of what it was sent, and no two share a compressed message. Default: false.</summary>
    public bool ServerContextTakeover { get; set; }

    /// <summary>Whether a client's messages may refer to its earlier ones: each peer keeps a window of what it sent. Default: false.</summary>
    public bool ClientContextTakeover { get; set; }

    /// <summary>The window for messages to a client, 9 to 15 (512 bytes to 32 KiB as a power of two). A client may ask for less. Default: 15.</summary>
    public int ServerMaxWindowBits { get; set; } = LargestWindowBits;

    /// <summary>The window for messages of a client, 9 to 15; a client that cannot be told keeps no context instead. Default: 15.</summary>
    public int ClientMaxWindowBits { get; set; } = LargestWindowBits;

    // No property: the binder would take it for an option.
    internal DeflateCodec GetCodec() => _codec ?? DeflateCodec.Default;

    // For tests, which try every codec.
    internal void SetCodec(DeflateCodec codec) => _codec = codec;

    internal void Validate()
    {
        OptionBounds.AtLeast(0, Threshold, "Compression.Threshold");
        OptionBounds.Within(1, 9, Level, "Compression.Level");
        OptionBounds.Within(SmallestWindowBits, LargestWindowBits, ServerMaxWindowBits, "Compression.ServerMaxWindowBits");
        OptionBounds.Within(SmallestWindowBits, LargestWindowBits, ClientMaxWindowBits, "Compression.ClientMaxWindowBits");
    }
}
