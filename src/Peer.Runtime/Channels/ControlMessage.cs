using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Peers.Channels;

/// <summary>What nodes tell each other.</summary>
internal enum ControlKind : byte
{
    /// <summary>To all: FLAGS(8), then the numbers that this node gave last. The first that a node ever sends says that it begins.</summary>
    Heartbeat = 1,
    /// <summary>To all: I leave.</summary>
    Goodbye = 2,
    /// <summary>To all or one: ID(64), then the channels whose numbers are asked for.</summary>
    Ask = 3,
    /// <summary>To one: the ID(64) of the request, then the numbers.</summary>
    Sequences = 4,
    /// <summary>To all or one: what a host wants to know of others.</summary>
    Question = 5,
    /// <summary>To one, the answer.</summary>
    Answer = 6,
    /// <summary>To one, in place of the answer: too much waits here.</summary>
    Refusal = 7,
    /// <summary>To one, a node that begins: the other nodes that are known, each as NUMBER(32) and the milliseconds(32) since it was heard.</summary>
    Greeting = 8,
}

/// <summary>What a heartbeat says besides numbers.</summary>
[Flags]
internal enum HeartbeatFlags : byte
{
    None = 0,
    /// <summary>The connection of the node was interrupted since its last heartbeat: what it published meanwhile may be lost.</summary>
    Interrupted = 1 << 0,
}

/// <summary>Writes what nodes tell each other: KIND(8), then members one after the other, little-endian. Texts are UTF-16 behind their length, so that any name survives.</summary>
internal sealed class ControlWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ControlWriter(ControlKind kind) => Write((byte)kind);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public ControlKind Kind => (ControlKind)Written[0];

    public ControlWriter Write(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    public ControlWriter Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
        return this;
    }

    public ControlWriter Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
        return this;
    }

    public ControlWriter Write(ReadOnlySpan<byte> rest)
    {
        _bytes.Write(rest);
        return this;
    }

    public ControlWriter Write(string text)
    {
        Write(text.Length);
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        if (BitConverter.IsLittleEndian) return Write(bytes);
        foreach (var unit in text) Write((byte)unit).Write((byte)(unit >> 8));
        return this;
    }

    public ControlWriter Write(in ChannelSequence sequence) =>
        Write(sequence.WireName).Write(sequence.IsFresh ? (byte)1 : (byte)0).Write(sequence.Sequence).Write(sequence.Idle).Write(sequence.Trouble);

    /// <summary>Writes whole milliseconds; a time longer than an int holds counts as infinite.</summary>
    public ControlWriter Write(TimeSpan span) => Write((int)Math.Clamp(span.TotalMilliseconds, 0, int.MaxValue));
}

/// <summary>Reads what <see cref="ControlWriter"/> wrote. Where the message is broken, <see cref="IsBroken"/> is set and everything is empty.</summary>
internal ref struct ControlReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool IsBroken { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>All that was not read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte() => Take(1) is [var value] ? value : default;

    public int Int32() => Take(sizeof(int)) is { IsEmpty: false } four ? BinaryPrimitives.ReadInt32LittleEndian(four) : 0;

    public long Int64() => Take(sizeof(long)) is { IsEmpty: false } eight ? BinaryPrimitives.ReadInt64LittleEndian(eight) : 0;

    public string Text()
    {
        var length = Int32();
        if (length < 0 || length > _rest.Length / sizeof(char)) return Break();
        var units = Take(length * sizeof(char));
        if (BitConverter.IsLittleEndian) return new(MemoryMarshal.Cast<byte, char>(units));

        var text = new char[length];
        for (var i = 0; i < length; i++) text[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(units[(i * sizeof(char))..]);
        return new(text);
    }

    public ChannelSequence Sequence()
    {
        var wireName = Text();
        var isFresh = Byte() != 0;
        var sequence = Int64();
        if (sequence is < 0 or > RelayHeader.MaxSequence) Break();
        return new(wireName, sequence, isFresh) { Idle = Span(), Trouble = Span() };
    }

    public TimeSpan Span() => Int32() is var milliseconds and < int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            Break();
            return [];
        }

        var taken = _rest[..length];
        _rest = _rest.Slice(length);
        return taken;
    }

    private string Break()
    {
        IsBroken = true;
        _rest = [];
        return "";
    }
}
