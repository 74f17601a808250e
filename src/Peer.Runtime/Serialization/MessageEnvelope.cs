namespace Peers;

/// <summary>What a text says about itself without being read as a message: its <c>type</c> and its <c>$id</c>.</summary>
internal static class MessageEnvelope
{
    /// <summary>The most bytes that <c>$id</c> may have, quotes apart.</summary>
    internal const int MaxRequestIdLength = 64;

    /// <summary>Finds the value of <c>type</c>.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="type">The value, unescaped; empty where there is none.</param>
    /// <param name="error">Set where the text is not JSON.</param>
    /// <returns>
    /// False where the text is not JSON, then <paramref name="error"/> says so, or has no <c>type</c> that is a string. Where
    /// <c>type</c> is written first the rest is not looked at: reading the message, or <see cref="TryScan"/>, will.
    /// </returns>
    public static bool TryReadType(ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> type, out MessageReadError error)
    {
        if (TryReadFirstType(utf8, out type))
        {
            error = default;
            return true;
        }

        return TryScan(utf8, out type, out _, out error) && !type.IsEmpty;
    }

    /// <summary>Finds the value of <c>type</c> where it is written first, as we write it. The rest is not looked at.</summary>
    public static bool TryReadFirstType(ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> type)
    {
        type = default;
        if (!utf8.StartsWith("{\"type\":\""u8)) return false;

        var value = utf8["{\"type\":\""u8.Length..];
        var end = JsonText.FindStop(value, 0, out var isAscii);
        if (!isAscii || end == 0 || end == value.Length || value[end] != (byte)'"') return false;

        type = value[..end];
        return true;
    }

    /// <summary>Goes through the whole text and finds <c>type</c> and <c>$id</c>, each where it first stands.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="type">The value of <c>type</c>, unescaped; empty where there is none that is a string.</param>
    /// <param name="requestId">The raw token of <c>$id</c>; empty where there is none that is a number, or a string that is short enough.</param>
    /// <param name="error">What is wrong, where false is returned.</param>
    /// <returns>False where the text is not JSON.</returns>
    public static bool TryScan(ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> requestId, out MessageReadError error)
    {
        type = default;
        requestId = default;
        if (!JsonText.TryCheck(utf8, out error)) return false;

        var reader = new MessageReader(utf8);
        if (!reader.TryReadObjectStart()) return true;

        while (reader.TryReadName())
        {
            var value = reader.TakeValue();
            if (type.IsEmpty && reader.NameIs("type"u8)) type = TextOf(value);
            else if (requestId.IsEmpty && reader.NameIs("$id"u8) && IsRequestId(value)) requestId = value;
        }

        return true;
    }

    /// <summary>The name of the outermost member that a position lies in: where reading stopped.</summary>
    /// <param name="utf8">A text that is JSON.</param>
    /// <param name="position">The position, in bytes.</param>
    /// <returns>The name, unescaped; empty where the position lies in no member.</returns>
    public static ReadOnlySpan<byte> MemberAt(ReadOnlySpan<byte> utf8, int position)
    {
        var reader = new MessageReader(utf8);
        if (!reader.TryReadObjectStart()) return default;

        while (reader.TryReadName())
        {
            reader.TakeValue();
            if (reader.Position >= position) return reader.Name;
        }

        return default;
    }

    /// <summary>Whether a JSON token may be answered to: a number, or a string, of up to 64 bytes.</summary>
    internal static bool IsRequestId(ReadOnlySpan<byte> token) => token[0] switch
    {
        (byte)'"' => token.Length - 2 <= MaxRequestIdLength,
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => token.Length <= MaxRequestIdLength,
        _ => false,
    };

    /// <summary>What a JSON token holds, unescaped; empty where it is no string.</summary>
    internal static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> token)
    {
        if (token[0] != '"') return default;

        var text = token[1..^1];
        if (!text.Contains((byte)'\\')) return text;
        return JsonText.TryUnescape(text, out var unescaped) ? unescaped : default;
    }
}
