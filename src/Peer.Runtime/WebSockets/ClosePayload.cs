using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Peers.WebSockets;

/// <summary>The payload of a close frame, RFC 6455 §5.5.1 and §7.4.</summary>
// RFC 6455 §5.5.1:  (CODE(16) REASON(UTF-8, at most 123 bytes))?
internal static class ClosePayload
{
    /// <summary>The longest payload that <see cref="Write"/> makes.</summary>
    public const int MaxLength = FrameRules.MaxControlPayload;

    private const int CodeLength = sizeof(ushort);

    /// <summary>Takes a received payload apart. False: it broke the protocol, and <paramref name="fault"/> says how.</summary>
    /// <param name="payload">The payload, unmasked.</param>
    /// <param name="code">The code; <see cref="CloseCode.NoStatus"/> where the payload is empty.</param>
    /// <param name="reason">The reason, which may be empty.</param>
    /// <param name="fault">Why it is refused.</param>
    public static bool TryParse(ReadOnlySpan<byte> payload, out CloseCode code, out string reason, out ProtocolFault fault)
    {
        code = CloseCode.NoStatus;
        reason = "";
        fault = default;
        if (payload.IsEmpty) return true;

        fault = Check(payload);
        if (fault.IsFault) return false;
        code = (CloseCode)BinaryPrimitives.ReadUInt16BigEndian(payload);
        reason = Encoding.UTF8.GetString(payload[CodeLength..]);
        return true;
    }

    /// <summary>Whether a close frame may carry a code: those of the IANA registry that are not for internal use, and 3000 to 4999.</summary>
    public static bool MayBeSent(CloseCode code) => (int)code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Throws where a server may not send a code, or a reason does not fit.</summary>
    public static void ThrowIfNotSendable(CloseCode code, string? reason)
    {
        if (!MayBeSent(code) || code == CloseCode.MandatoryExtension)
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, $"Close code {(int)code} may not be sent by a server. Use 1000 to 1003, 1007 to 1009, 1011 to 1014, or 3000 to 4999.");
        }

        if (reason is null || Encoding.UTF8.GetByteCount(reason) <= MaxLength - CodeLength) return;
        throw new ArgumentException($"A close reason has at most {MaxLength - CodeLength} bytes of UTF-8 (RFC 6455 §5.5).", nameof(reason));
    }

    /// <summary>Writes a payload, the reason cut between code points where it is too long.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="code">A code that <see cref="MayBeSent"/>, or <see cref="CloseCode.NoStatus"/> for an empty payload.</param>
    /// <param name="reason">The reason, or null. Lone surrogates become U+FFFD.</param>
    /// <returns>The payload's length.</returns>
    public static int Write(Span<byte> destination, CloseCode code, string? reason)
    {
        if (code == CloseCode.NoStatus) return 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)code);
        Utf8.FromUtf16(reason, destination[CodeLength..MaxLength], out _, out int written);
        return CodeLength + written;
    }

    private static ProtocolFault Check(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < CodeLength) return new(CloseCode.ProtocolError, "close code cut short");
        if (!MayBeSent((CloseCode)BinaryPrimitives.ReadUInt16BigEndian(payload))) return new(CloseCode.ProtocolError, "invalid close code");
        return Utf8.IsValid(payload[CodeLength..]) ? default : new(CloseCode.InvalidPayload, "close reason is not UTF-8");
    }
}
