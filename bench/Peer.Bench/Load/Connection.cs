using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Peers.Bench.Load;

/// <summary>One connection of the load generator: what it still owes the server, and what it has heard.</summary>
/// <param name="socket">Connected and upgraded.</param>
/// <param name="recordLength">The length of the messages that are counted.</param>
/// <param name="wholeUpTo">Up to which length messages are looked at whole; longer ones are counted by their headers.</param>
internal sealed class Connection(Socket socket, int recordLength, int wholeUpTo)
{
    // What is read goes behind what the scanner held back.
    private const int Front = FrameScanner.MaxWhole + FrameScanner.MaxHeader;
    private static readonly byte[] s_buffer = new byte[Front + (256 * 1024)];

    private readonly int _descriptor = (int)socket.Handle;
    private FrameScanner _scanner = new(recordLength, wholeUpTo);
    private byte[] _unsent = [];

    public int Descriptor => _descriptor;

    /// <summary>Whether the server has sent a close frame.</summary>
    public bool HasCloseFrame => _scanner.HasCloseFrame;

    /// <summary>Whether the kernel took less than was sent.</summary>
    public bool IsStuck => _unsent.Length > 0;

    /// <summary>Reads once and hands over the messages that ended in it.</summary>
    public void Read<TSink>(ref TSink sink) where TSink : struct, IRecordSink, allows ref struct
    {
        var held = _scanner.Unhold(s_buffer.AsSpan(0, Front));
        var read = Libc.Receive(_descriptor, ref s_buffer[Front], s_buffer.Length - Front, Libc.DontWait);
        if (read > 0) _scanner.Scan(s_buffer.AsSpan(Front - held, held + (int)read), ref sink);
        else if (read == 0) throw new EndOfStreamException("The server closed a connection.");
        else ThrowUnlessAgain();
    }

    /// <summary>Sends, keeping what the kernel does not take for <see cref="Resume"/>.</summary>
    public void Send(ReadOnlySpan<byte> frames)
    {
        if (IsStuck)
        {
            _unsent = [.. _unsent, .. frames];
            return;
        }

        var sent = Write(frames);
        if (sent < frames.Length) _unsent = frames[sent..].ToArray();
    }

    /// <summary>Sends what was left over.</summary>
    public void Resume()
    {
        if (IsStuck) _unsent = _unsent[Write(_unsent)..];
    }

    public void Close() => socket.Dispose();

    private int Write(ReadOnlySpan<byte> bytes)
    {
        var sent = Libc.Send(_descriptor, in bytes[0], bytes.Length, Libc.DontWait | Libc.NoSignal);
        if (sent >= 0) return (int)sent;
        ThrowUnlessAgain();
        return 0;
    }

    private static void ThrowUnlessAgain()
    {
        var error = Marshal.GetLastPInvokeError();
        if (error is not (Libc.Again or Libc.Interrupted)) throw new Win32Exception(error);
    }
}
