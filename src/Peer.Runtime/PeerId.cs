using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Peers;

/// <summary>The id of a peer: 128 bits, of which 32 name the node and 96 are random. Unique across machines and restarts.</summary>
/// <remarks>Written as 32 hexadecimal digits, the node's first; usable as a member of a message.</remarks>
public readonly record struct PeerId : IComparable<PeerId>, ISpanFormattable, IUtf8SpanFormattable, ISpanParsable<PeerId>
{
    /// <summary>How many characters the written form has.</summary>
    public const int Length = 32;

    // Two halves, which lie closer to what stands beside them than a UInt128 would.
    private readonly ulong _upper;
    private readonly ulong _lower;

    private PeerId(UInt128 value) => (_upper, _lower) = ((ulong)(value >> 64), (ulong)value);

    /// <summary>The node that the peer is, or was, connected to.</summary>
    public uint Node => (uint)(_upper >> 32);

    private UInt128 Value => new(_upper, _lower);

    /// <summary>Makes a new id on a node.</summary>
    public static PeerId Create(uint node)
    {
        Span<byte> random = stackalloc byte[16];
        FillWithGuid(random);
        return new(((UInt128)node << 96)
            | ((UInt128)BinaryPrimitives.ReadUInt32BigEndian(random) << 64)
            | ((UInt128)BinaryPrimitives.ReadUInt16BigEndian(random[4..]) << 48)
            | (BinaryPrimitives.ReadUInt64BigEndian(random[8..]) & 0xFFFF_FFFF_FFFF));
    }

    /// <summary>A number for a node; random.</summary>
    internal static uint CreateNode()
    {
        Span<byte> random = stackalloc byte[16];
        FillWithGuid(random);
        return BinaryPrimitives.ReadUInt32BigEndian(random);
    }

    /// <summary>The last eight digits: enough to tell peers apart in a log.</summary>
    public string ToShortString() => ((uint)_lower).ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>All 32 digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>All 32 digits; format and provider are ignored.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>Writes all 32 digits; format and provider are ignored.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Value.TryFormat(destination, out charsWritten, "x32", CultureInfo.InvariantCulture);

    /// <summary>Writes all 32 digits as UTF-8; format and provider are ignored.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Value.TryFormat(utf8Destination, out bytesWritten, "x32", CultureInfo.InvariantCulture);

    /// <summary>Orders by node, then by the random part.</summary>
    public int CompareTo(PeerId other) => Value.CompareTo(other.Value);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static PeerId Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <summary>Reads 32 hexadecimal digits.</summary>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static PeerId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("A PeerId is written as 32 hexadecimal digits.");

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out PeerId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PeerId result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>Reads 32 hexadecimal digits, if that is what it is.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PeerId result)
    {
        result = default;
        if (s.Length != Length || !UInt128.TryParse(s, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        result = new(value);
        return true;
    }

    /// <summary>Reads 32 hexadecimal digits of UTF-8, if that is what it is.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out PeerId result)
    {
        result = default;
        if (utf8.Length != Length || !UInt128.TryParse(utf8, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        result = new(value);
        return true;
    }

    /// <summary>Whether one comes before the other in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator <(PeerId left, PeerId right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(PeerId left, PeerId right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(PeerId left, PeerId right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(PeerId left, PeerId right) => left.CompareTo(right) >= 0;

    // All of it is random but six bits in its bytes 7 and 8. RandomNumberGenerator would load OpenSSL, at the start of every server.
#pragma warning disable RS0030 // It is what an id is made of.
    private static void FillWithGuid(Span<byte> random) => Guid.NewGuid().TryWriteBytes(random);
#pragma warning restore RS0030
}
