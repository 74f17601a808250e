namespace Peers.WebSockets;

/// <summary>What a frame carries, RFC 6455 §5.2. All other values are reserved.</summary>
internal enum Opcode : byte
{
    /// <summary>A further fragment of a message.</summary>
    Continuation = 0x0,
    /// <summary>Text, or the first fragment of it.</summary>
    Text = 0x1,
    /// <summary>Binary data, or the first fragment of it.</summary>
    Binary = 0x2,
    /// <summary>The last frame of its sender.</summary>
    Close = 0x8,
    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 0x9,
    /// <summary>Answers a ping, or comes unasked.</summary>
    Pong = 0xA,
}
