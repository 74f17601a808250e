using System.Text;
using System.Text.Unicode;

namespace Peers;

/// <summary>A text as UTF-8 in a rented buffer. Lone surrogates become U+FFFD.</summary>
internal readonly ref struct Utf8Text : IDisposable
{
    // Up to here room for the longest form is rented; beyond, counting first is cheaper than the memory.
    private const int Short = 16 * 1024;

    private readonly byte[] _rented;

    public Utf8Text(ReadOnlySpan<char> text)
    {
        _rented = Buffers.Rent<byte>(text.Length <= Short ? text.Length * 3 : Encoding.UTF8.GetByteCount(text));
        Utf8.FromUtf16(text, _rented, out _, out var length);
        Bytes = _rented.AsSpan(0, length);
    }

    public ReadOnlySpan<byte> Bytes { get; }

    public void Dispose() => Buffers.Return(_rented);
}
