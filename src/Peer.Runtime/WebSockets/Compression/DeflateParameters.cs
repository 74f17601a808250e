using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Peers.WebSockets;

/// <summary>What a client and this server agreed on for permessage-deflate, RFC 7692 §7.1.</summary>
/// <param name="ServerTakesOver">Whether this server's messages may refer to its earlier ones.</param>
/// <param name="ClientTakesOver">Whether the client's may.</param>
/// <param name="ServerWindowBits">This server's LZ77 window, 9 to 15.</param>
/// <param name="ClientWindowBits">The client's.</param>
/// <param name="Response">The value of <c>Sec-WebSocket-Extensions</c> in the answer.</param>
internal sealed record DeflateParameters(bool ServerTakesOver, bool ClientTakesOver, int ServerWindowBits, int ClientWindowBits, string Response)
{
    private const string Name = "permessage-deflate";

    /// <summary>Chooses the first offer of a header that can be accepted. False: the connection goes without compression.</summary>
    /// <param name="header">The request's <c>Sec-WebSocket-Extensions</c>, several joined by commas.</param>
    /// <param name="options">What the endpoint wants.</param>
    /// <param name="hasWindows">Whether windows smaller than 32 KiB can be kept to.</param>
    /// <param name="agreed">What was agreed on.</param>
    public static bool TryNegotiate(ReadOnlySpan<char> header, CompressionOptions options, bool hasWindows, [MaybeNullWhen(false)] out DeflateParameters agreed)
    {
        agreed = null;
        if (!ExtensionReader.IsValid(header)) return false;

        var reader = new ExtensionReader(header);
        while (reader.TryReadExtension(out var name))
        {
            // §7: an offer with a parameter that is unknown, repeated or has no valid value is declined; the next may do.
            if (!name.SequenceEqual(Name) || !Offer.TryRead(ref reader, out var offer)) continue;
            if (offer.ServerWindowBits is > 0 and < CompressionOptions.LargestWindowBits && !hasWindows) continue;
            agreed = Accept(offer, options, hasWindows);
            return true;
        }

        return false;
    }

    private static DeflateParameters Accept(Offer offer, CompressionOptions options, bool hasWindows)
    {
        int serverBits = Math.Min(hasWindows ? options.ServerMaxWindowBits : CompressionOptions.LargestWindowBits, BitsOr15(offer.ServerWindowBits));

        // §7.1.2.2: a client that did not offer client_max_window_bits must not be answered with it.
        int clientBits = offer.HasClientWindowBits ? Math.Min(options.ClientMaxWindowBits, BitsOr15(offer.ClientWindowBits)) : CompressionOptions.LargestWindowBits;
        bool serverTakesOver = options.ServerContextTakeover && !offer.ServerNoTakeover;
        bool clientTakesOver = options.ClientContextTakeover && !offer.ClientNoTakeover && clientBits <= options.ClientMaxWindowBits;

        var response = new StringBuilder(Name);
        if (!serverTakesOver) response.Append("; server_no_context_takeover");
        if (!clientTakesOver) response.Append("; client_no_context_takeover");
        if (offer.ServerWindowBits > 0 || serverBits < CompressionOptions.LargestWindowBits) response.Append(CultureInfo.InvariantCulture, $"; server_max_window_bits={serverBits}");
        if (offer.ClientWindowBits > 0 || clientBits < CompressionOptions.LargestWindowBits) response.Append(CultureInfo.InvariantCulture, $"; client_max_window_bits={clientBits}");
        return new(serverTakesOver, clientTakesOver, serverBits, clientBits, response.ToString());
    }

    private static int BitsOr15(int bits) => bits == 0 ? CompressionOptions.LargestWindowBits : bits;

    // One offer of a client: §7.1. Window bits are 0 where it names none.
    private struct Offer
    {
        public bool ServerNoTakeover;
        public bool ClientNoTakeover;
        public bool HasClientWindowBits;
        public int ServerWindowBits;
        public int ClientWindowBits;

        public static bool TryRead(ref ExtensionReader reader, out Offer offer)
        {
            offer = default;
            while (reader.TryReadParameter(out var name, out var value))
            {
                if (!offer.TryTake(name, value)) return false;
            }

            return true;
        }

        private bool TryTake(ReadOnlySpan<char> name, ReadOnlySpan<char> value) => name switch
        {
            "server_no_context_takeover" => TrySet(ref ServerNoTakeover) && value.IsEmpty,
            "client_no_context_takeover" => TrySet(ref ClientNoTakeover) && value.IsEmpty,
            "server_max_window_bits" => ServerWindowBits == 0 && TryReadBits(value, out ServerWindowBits),
            "client_max_window_bits" => TrySet(ref HasClientWindowBits) && (value.IsEmpty || TryReadBits(value, out ClientWindowBits)),
            _ => false,
        };

        private static bool TrySet(ref bool flag)
        {
            bool isFirst = !flag;
            flag = true;
            return isFirst;
        }

        // §7.1.2: decimal without leading zeros, 8 to 15. 8 is declined: zlib has no such window.
        private static bool TryReadBits(ReadOnlySpan<char> value, out int bits) =>
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out bits) && value[0] != '0'
            && bits is >= CompressionOptions.SmallestWindowBits and <= CompressionOptions.LargestWindowBits;
    }
}
