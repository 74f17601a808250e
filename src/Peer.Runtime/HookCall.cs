namespace Peers;

/// <summary>What a hook is called for.</summary>
internal enum HookKind : byte
{
    Open,
    Text,
    Binary,
    Ping,
    Pong,
    Drain,
    Gap,
    StreamFailed,
    Close,
}

/// <summary>A hook to be called, and its payload.</summary>
/// <param name="kind">What for.</param>
/// <param name="payload">The payload, in the input or in <paramref name="rented"/>.</param>
/// <param name="rented">The pool's buffer that the call owns and returns, or null.</param>
internal readonly struct HookCall(HookKind kind, ReadOnlyMemory<byte> payload = default, byte[]? rented = null)
{
    // What a waiting call costs besides its payload, so that empty messages are not free.
    private const int Overhead = 64;

    public HookKind Kind => kind;

    public ReadOnlyMemory<byte> Payload => payload;

    public byte[]? Rented => rented;

    public int Cost => kind is HookKind.Text or HookKind.Binary ? payload.Length + Overhead : 0;

    /// <summary>The same call with a payload of its own.</summary>
    public HookCall Keep()
    {
        if (rented is not null || payload.IsEmpty) return this;
        var copy = Buffers.Rent<byte>(payload.Length);
        payload.CopyTo(copy);
        return new(kind, copy.AsMemory(0, payload.Length), copy);
    }

    /// <summary>Gives back the buffer.</summary>
    public void Return()
    {
        if (rented is not null) Buffers.Return(rented);
    }
}
