using System.Buffers;

namespace Peers.Channels;

/// <summary>The parts of one long message that arrived so far, in rented memory.</summary>
internal sealed class PartialMessage(long first, PartialBudget budget)
{
    private byte[]? _parts;

    /// <summary>The number of the first part.</summary>
    public long First => first;

    /// <summary>How many bytes arrived.</summary>
    public int Length { get; private set; }

    /// <summary>Adds a part.</summary>
    /// <returns>False where the budget does not allow it.</returns>
    public bool TryAdd(in ReadOnlySequence<byte> part)
    {
        var length = (int)part.Length;
        if (!budget.TryTake(length)) return false;
        if (_parts is null || _parts.Length < Length + length)
        {
            var bigger = Buffers.Rent<byte>(Math.Max(Length + length, Length * 2));
            _parts.AsSpan(0, Length).CopyTo(bigger);
            ReturnParts();
            _parts = bigger;
        }

        part.CopyTo(_parts.AsSpan(Length));
        Length += length;
        return true;
    }

    /// <summary>The message, in memory that the caller returns to the pool.</summary>
    public ReadOnlySequence<byte> TakeWhole(out byte[]? owned)
    {
        (owned, _parts) = (_parts, null);
        budget.Return(Length);
        return new(owned!, 0, Length);
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Return()
    {
        budget.Return(Length);
        Length = 0;
        ReturnParts();
    }

    private void ReturnParts()
    {
        if (_parts is not null) Buffers.Return(_parts);
        _parts = null;
    }
}
