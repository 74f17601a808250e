using System.Buffers.Text;
using System.Text;

namespace Peers;

/// <summary>What tells a reply from other messages, and the protocol's own replies from others.</summary>
/// <param name="Id">The <c>$id</c> that it answers, which is of our making: a whole number.</param>
/// <param name="Kind">Whether it is a message or the protocol's own.</param>
/// <param name="Code">An error's code, else empty.</param>
/// <param name="Text">An error's message, else empty.</param>
internal readonly record struct ReplyEnvelope(long Id, ReplyKind Kind, string Code, string Text)
{
    /// <summary>Reads the envelope of any text. A message of the usual kind costs one search.</summary>
    /// <returns>False where the text is no reply to a whole number.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out ReplyEnvelope envelope)
    {
        envelope = default;
        if (utf8.IndexOf("\"$re\""u8) < 0 || !JsonText.TryCheck(utf8, out _)) return false;

        var reader = new MessageReader(utf8);
        return reader.TryReadObjectStart() && TryReadMembers(ref reader, out envelope);
    }

    private static bool TryReadMembers(ref MessageReader reader, out ReplyEnvelope envelope)
    {
        ReadOnlySpan<byte> id = default, type = default, code = default, text = default;
        while (reader.TryReadName())
        {
            var value = reader.TakeValue();
            if (reader.NameIs("$re"u8)) id = value;
            else if (reader.NameIs("type"u8)) type = value;
            else if (reader.NameIs("code"u8)) code = value;
            else if (reader.NameIs("message"u8)) text = value;
        }

        var kind = KindOf(type);
        var isError = kind == ReplyKind.Error;
        var isReply = Utf8Parser.TryParse(id, out long number, out var length) && length == id.Length;
        envelope = new(number, kind, isError ? TextOf(code) : "", isError ? TextOf(text) : "");
        return isReply;
    }

    private static ReplyKind KindOf(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("\"$error\""u8)) return ReplyKind.Error;
        return type.SequenceEqual("\"$end\""u8) ? ReplyKind.End : ReplyKind.Message;
    }

    private static string TextOf(ReadOnlySpan<byte> token) => token.IsEmpty ? "" : Encoding.UTF8.GetString(MessageEnvelope.TextOf(token));
}

/// <summary>What a reply is.</summary>
internal enum ReplyKind
{
    /// <summary>A message.</summary>
    Message,
    /// <summary><c>$error</c>.</summary>
    Error,
    /// <summary><c>$end</c>: the end of a stream.</summary>
    End,
}
