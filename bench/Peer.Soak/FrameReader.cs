using System.Net.Sockets;

namespace Peers.Soak;

/// <summary>Reads a server's frames as fast as they come: short ones, a segment of many at a time.</summary>
internal sealed class FrameReader(NetworkStream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next frame; its payload is valid until the next call.</summary>
    /// <exception cref="EndOfStreamException">The connection ended.</exception>
    public async ValueTask<(int Opcode, ReadOnlyMemory<byte> Payload)> ReadAsync()
    {
        while (!IsWhole())
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end));
            if (read == 0) throw new EndOfStreamException();
            _end += read;
        }

        var (opcode, size) = (_buffer[_start] & 0xF, _buffer[_start + 1]);
        var payload = _buffer.AsMemory(_start + 2, size);
        _start += 2 + size;
        return (opcode, payload);
    }

    private bool IsWhole()
    {
        var length = _end - _start < 2 ? 0 : 2 + _buffer[_start + 1];
        if (length > 2 + 125) throw new InvalidDataException("Only short frames were expected.");
        return length > 0 && _end - _start >= length;
    }
}
