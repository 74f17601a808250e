namespace Peers.WebSockets;

/// <summary>Gathers bytes in a rented buffer of at most twice what came, or <see cref="LeastCapacity"/>. Holds none while empty.</summary>
/// <remarks>A mutable struct: keep it in a field.</remarks>
internal struct GatherBuffer
{
    private const int LeastCapacity = 256;

    private byte[]? _bytes;

    /// <summary>How many bytes were gathered.</summary>
    public int Length { get; private set; }

    /// <summary>The size of the buffer: 0 while nothing was gathered.</summary>
    public readonly int Capacity => _bytes?.Length ?? 0;

    /// <summary>The bytes gathered, until the next call.</summary>
    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Copies bytes behind those gathered.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        int length = Length + bytes.Length;
        if (_bytes is null || length > _bytes.Length) Grow(length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length = length;
    }

    /// <summary>Ends the gathering and hands over the buffer, which is the caller's to return to the pool.</summary>
    /// <param name="buffer">The buffer; null where nothing was gathered.</param>
    /// <returns>The bytes gathered, which lie in the buffer.</returns>
    public Memory<byte> Take(out byte[]? buffer)
    {
        buffer = _bytes;
        Memory<byte> gathered = buffer.AsMemory(0, Length);
        this = default;
        return gathered;
    }

    /// <summary>Forgets what was gathered and returns the buffer.</summary>
    public void Return()
    {
        if (_bytes is not null) Buffers.Return(_bytes);
        this = default;
    }

    private void Grow(int length)
    {
        int doubled = (int)Math.Min(2L * Capacity, Array.MaxLength);
        byte[] larger = Buffers.Rent<byte>(Math.Max(Math.Max(length, doubled), LeastCapacity));
        if (_bytes is not null)
        {
            _bytes.AsSpan(0, Length).CopyTo(larger);
            Buffers.Return(_bytes);
        }
        _bytes = larger;
    }
}
