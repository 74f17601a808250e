using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Peers;

/// <summary>Writes messages as UTF-8. Generated code drives it.</summary>
/// <remarks>Writes what it is told in the order it is told: the caller is answerable for names, colons and the commas between members.</remarks>
public ref partial struct MessageWriter
{
    private readonly MessageBuffer _buffer;
    private readonly ReadOnlySpan<byte> _requestId;
    private Span<byte> _bytes;
    private int _at;
    private int _depth;

    /// <summary>Goes on behind what the buffer holds.</summary>
    /// <param name="buffer">Where to write. Nobody else may touch it before <see cref="Complete"/>.</param>
    /// <param name="requestId">The raw token of the <c>$id</c> that the message answers, or empty.</param>
    internal MessageWriter(MessageBuffer buffer, ReadOnlySpan<byte> requestId = default)
    {
        _buffer = buffer;
        _requestId = requestId;
        _bytes = buffer.Storage;
        _at = buffer.End;
    }

    /// <summary>Opens a message. A reply says here what it answers.</summary>
    /// <param name="start">The brace and the type: <c>{"type":"said"</c>.</param>
    public void BeginMessage(scoped ReadOnlySpan<byte> start)
    {
        BeginObject(start);
        if (!_requestId.IsEmpty) WriteRequestId();
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
        if ((uint)utf8.Length > (uint)(_bytes.Length - _at)) Grow(utf8.Length);

        // There is room: the check above stands for those of a slice and a copy.
        Unsafe.CopyBlockUnaligned(
            ref Unsafe.Add(ref MemoryMarshal.GetReference(_bytes), _at), in MemoryMarshal.GetReference(utf8), (uint)utf8.Length);
        _at += utf8.Length;
    }

    /// <summary>Writes <c>null</c>.</summary>
    public void WriteNull() => WriteRaw("null"u8);

    /// <summary>Leaves what was written to the buffer.</summary>
    internal readonly void Complete() => _buffer.End = _at;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteRequestId()
    {
        WriteRaw(",\"$re\":"u8);
        WriteRaw(_requestId);
    }

    // Free bytes, at least so many; what is used of them is added to _at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Free(int length)
    {
        if ((uint)length > (uint)(_bytes.Length - _at)) Grow(length);
        return _bytes[_at..];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int length) => _bytes = _buffer.Grow(_at, length);

    [DoesNotReturn]
    private static void ThrowTooDeep() => throw new InvalidOperationException("A message is deeper than 64 levels, or holds itself.");
}
