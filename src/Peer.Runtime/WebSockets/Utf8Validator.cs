using System.Text.Unicode;

namespace Peers.WebSockets;

/// <summary>Checks UTF-8 that arrives in pieces, and fails at the first byte after which no continuation is valid.</summary>
/// <remarks>A mutable struct: keep it in a field. The default value is the start of a text.</remarks>
internal struct Utf8Validator
{
    // Inside a code point: how many bytes it lacks, and the range that the next of them must lie in.
    private byte _missing;
    private byte _lower;
    private byte _upper;

    /// <summary>Whether the bytes so far are a whole text: false inside a code point.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Takes the next piece. False: the bytes so far are not UTF-8 whatever follows; the text is lost.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        while (_missing > 0)
        {
            if (bytes.IsEmpty) return true;
            if (!TryStep(bytes[0])) return false;
            bytes = bytes[1..];
        }

        int tail = IncompleteTail(bytes);
        if (!Utf8.IsValid(bytes[..^tail])) return false;
        foreach (byte next in bytes[^tail..])
        {
            if (!TryStep(next)) return false;
        }
        return true;
    }

    /// <summary>Takes a piece that is known to be ASCII.</summary>
    /// <param name="isEmpty">Whether it has no bytes.</param>
    public readonly bool TryAppendAscii(bool isEmpty) => isEmpty || IsComplete;

    // How many bytes at the end belong to a code point that needs more: 0 to 3. Whether it is a valid one, TryStep finds out.
    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            byte value = bytes[^back];
            if (value < 0x80) return 0;
            if (value >= 0xC0) return back < LengthOf(value) ? back : 0;
        }
        return 0;
    }

    private static int LengthOf(byte lead) => lead switch { < 0xE0 => 2, < 0xF0 => 3, _ => 4 };

    // Unicode 16, table 3-7: the lead byte says how many follow, and E0, ED, F0, F4 narrow the first of these.
    private bool TryStep(byte value)
    {
        if (_missing == 0) return TryBegin(value);
        if (value < _lower || value > _upper) return false;
        Expect(_missing - 1, 0x80, 0xBF);
        return true;
    }

    private bool TryBegin(byte lead)
    {
        switch (lead)
        {
            case < 0x80: break;
            case < 0xC2: return false;
            case < 0xE0: Expect(1, 0x80, 0xBF); break;
            case 0xE0: Expect(2, 0xA0, 0xBF); break;
            case 0xED: Expect(2, 0x80, 0x9F); break;
            case < 0xF0: Expect(2, 0x80, 0xBF); break;
            case 0xF0: Expect(3, 0x90, 0xBF); break;
            case < 0xF4: Expect(3, 0x80, 0xBF); break;
            case 0xF4: Expect(3, 0x80, 0x8F); break;
            default: return false;
        }
        return true;
    }

    private void Expect(int missing, byte lower, byte upper) => (_missing, _lower, _upper) = ((byte)missing, lower, upper);
}
