using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Peers;

/// <summary>Writes messages as UTF-8. Generated code drives it.</summary>
/// <remarks>Writes what it is told in the order it is told: the caller is answerable for names, colons and the commas between members.</remarks>
public ref partial struct MessageWriter
{
    private readonly ReadOnlySpan<byte> _requestId;
    private readonly bool _isRequest;

    // Null while the room is somebody else's.
    private MessageBuffer? _buffer;
    private Span<byte> _bytes;
    private int _at;
    private int _depth;

    /// <summary>Goes on behind what the buffer holds.</summary>
    /// <param name="buffer">Where to write. Nobody else may touch it before <see cref="Complete()"/>.</param>
    /// <param name="requestId">The raw token of the <c>$id</c> that the message answers, or empty.</param>
    /// <param name="isRequest">Whether the message does not answer that <c>$id</c> but has it.</param>
    internal MessageWriter(MessageBuffer buffer, ReadOnlySpan<byte> requestId = default, bool isRequest = false)
    {
        _buffer = buffer;
        _requestId = requestId;
        _isRequest = isRequest;
        _bytes = buffer.Storage;
        _at = buffer.End;
    }

    /// <summary>Starts in somebody else's room, and goes on in a buffer where that is too small.</summary>
    internal MessageWriter(Span<byte> room) => _bytes = room;

    /// <summary>Opens a message. A reply says here what it answers, a request by what it is to be answered.</summary>
    /// <param name="start">The brace and the type: <c>{"type":"said"</c>.</param>
    public void BeginMessage(scoped ReadOnlySpan<byte> start)
    {
        BeginObject(start);

        // A message inside another answers no request.
        if (_depth == 1 && !_requestId.IsEmpty) WriteRequestId();
    }

    /// <summary>Writes a message with its type, by itself or inside another.</summary>
    public void WriteMessage<T>(in T message) where T : IMessage<T> => T.Write(ref this, in message);

    /// <summary>Says that a type holds a message that it does not stand for.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowNotHeld(object? message, string union)
    {
        if (message is null) ThrowNull(union);
        throw new InvalidOperationException($"'{message.GetType()}' is none of the messages that '{union}' stands for: those of its own assembly.");
    }

    /// <summary>Opens an object.</summary>
    /// <param name="start">The brace, and what of the first member is constant.</param>
    /// <exception cref="InvalidOperationException">64 objects and arrays are open.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginObject(scoped ReadOnlySpan<byte> start)
    {
        if (_depth++ >= JsonText.MaxDepth) ThrowTooDeep();
        WriteRaw(start);
    }

    /// <summary>Closes an object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndObject()
    {
        _depth--;
        WriteRaw("}"u8);
    }

    /// <summary>Opens an array.</summary>
    /// <exception cref="InvalidOperationException">64 objects and arrays are open.</exception>
    public void BeginArray() => BeginObject("["u8);

    /// <summary>Goes to the next item of the open array: writes the comma, where one is due.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NextItem()
    {
        // No value ends in a bracket that opens.
        if (_bytes[_at - 1] != '[') WriteRaw(","u8);
    }

    /// <summary>Closes an array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndArray()
    {
        _depth--;
        WriteRaw("]"u8);
    }

    /// <summary>Writes the name of the next member of an object whose members are not all known beforehand, and the comma, where one is due.</summary>
    public void WriteName(string name)
    {
        if (_bytes[_at - 1] != '{') WriteRaw(","u8);
        Write(name);
        WriteRaw(":"u8);
    }

    /// <summary>Writes the constant part of a member that may be the first of its object.</summary>
    /// <param name="start">A comma, the name and the colon. The comma is left out where it is not due.</param>
    public void WriteMember(scoped ReadOnlySpan<byte> start) => WriteRaw(_bytes[_at - 1] == '{' ? start[1..] : start);

    /// <summary>Writes bytes as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRaw(scoped ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8, 0);
        _at += utf8.Length;
    }

    /// <summary>Writes <c>null</c>.</summary>
    public void WriteNull() => WriteRaw("null"u8);

    /// <summary>Leaves what was written to the buffer.</summary>
    internal readonly void Complete() => _buffer!.End = _at;

    /// <summary>Leaves what was written to whose room it began in.</summary>
    internal readonly void Complete(IBufferWriter<byte> destination)
    {
        if (_buffer is null)
        {
            destination.Advance(_at);
            return;
        }

        destination.Write(_bytes[.._at]);
        _buffer.Return();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteRequestId()
    {
        WriteRaw(_isRequest ? ",\"$id\":"u8 : ",\"$re\":"u8);
        WriteRaw(_requestId);
    }

    // Writes what is constant and makes room behind it, which begins where the reference points. What is used of both is added to _at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Reserve(scoped ReadOnlySpan<byte> start, int length)
    {
        if ((uint)(start.Length + length) > (uint)(_bytes.Length - _at)) Grow(start.Length + length);

        ref var free = ref Unsafe.Add(ref MemoryMarshal.GetReference(_bytes), _at);
        if (start.Length > 0) Unsafe.CopyBlockUnaligned(ref free, in MemoryMarshal.GetReference(start), (uint)start.Length);
        return ref Unsafe.Add(ref free, start.Length);
    }

    // Free bytes, at least so many; what is used of them is added to _at.
    private Span<byte> Free(int length)
    {
        if ((uint)length > (uint)(_bytes.Length - _at)) Grow(length);
        return _bytes[_at..];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int length)
    {
        if (_buffer is not null)
        {
            _bytes = _buffer.Grow(_at, length);
            return;
        }

        _buffer = MessageBuffer.Rent();
        var room = _buffer.Grow(0, _at + length);
        _bytes[.._at].CopyTo(room);
        _bytes = room;
    }

    [DoesNotReturn]
    private static void ThrowTooDeep() => throw new InvalidOperationException("A message is deeper than 64 levels, or holds itself.");
}
