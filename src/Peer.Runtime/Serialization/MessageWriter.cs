namespace Peers;

/// <summary>Writes one JSON object as UTF-8. Generated code drives it.</summary>
public ref struct MessageWriter
{
    private Span<byte> _free;

    internal MessageWriter(Span<byte> free) => _free = free;

    /// <summary>Writes bytes as they are.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(_free);
        _free = _free[utf8.Length..];
    }
}
