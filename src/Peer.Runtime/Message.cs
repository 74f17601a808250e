using System.Text;

namespace Peers;

/// <summary>A raw view of one message: its kind and its payload, borrowed until the hook's task ends.</summary>
/// <param name="kind">Text or binary.</param>
/// <param name="payload">The payload, unmasked; UTF-8 that has been checked where the kind is text.</param>
public readonly struct Message(MessageKind kind, ReadOnlyMemory<byte> payload)
{
    /// <summary>Text or binary.</summary>
    public MessageKind Kind { get; } = kind;

    /// <summary>The payload. Valid until the hook's task ends; copy what is to be kept.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>The payload as a string of its own.</summary>
    public string Text() => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>The kind and the length.</summary>
    public override string ToString() => $"{Kind}, {Payload.Length} bytes";
}

/// <summary>The two kinds of message that RFC 6455 §5.6 knows.</summary>
public enum MessageKind
{
    /// <summary>UTF-8 text.</summary>
    Text = 1,
    /// <summary>Binary data.</summary>
    Binary = 2,
}
