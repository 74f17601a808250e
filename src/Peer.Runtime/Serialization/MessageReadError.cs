namespace Peers;

/// <summary>Why a text could not be read as a message.</summary>
/// <param name="Kind">Not JSON at all, or JSON that does not fit.</param>
/// <param name="Reason">What is wrong, in a sentence without anything from the wire: it goes to logs and to the sender.</param>
/// <param name="Position">Where, in bytes from the start of the text.</param>
public readonly record struct MessageReadError(MessageReadErrorKind Kind, string Reason, int Position)
{
    /// <summary>Nothing went wrong.</summary>
    public static MessageReadError None => default;

    /// <summary>Reason and position.</summary>
    public override string ToString() => Kind == MessageReadErrorKind.None ? "none" : $"{Reason} (at byte {Position})";
}

/// <summary>The two ways a text can be wrong.</summary>
public enum MessageReadErrorKind
{
    /// <summary>It is not wrong.</summary>
    None,
    /// <summary>It is not one JSON value by RFC 8259 (or is too deep): 1007.</summary>
    NotJson,
    /// <summary>It is JSON, but does not fit the message that it names: <c>$error</c> with code <c>invalid</c>.</summary>
    Invalid,
}
