using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Peers.Bench.Load;

/// <summary>A level-triggered epoll: which of many sockets can be read from or written to.</summary>
internal sealed class Epoll : IDisposable
{
    private const int MaxEvents = 512;

    // struct epoll_event { uint32_t events; uint64_t data; } is packed on x86-64 and nowhere else.
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_stride = s_dataOffset + 8;

    private readonly byte[] _events = new byte[MaxEvents * s_stride];
    private readonly int _descriptor = Libc.EpollCreate(0);

    public void Add(int socket, int index) => Control(Libc.EpollCtlAdd, socket, index, Libc.EpollIn);

    public void Watch(int socket, int index, bool writable) =>
        Control(Libc.EpollCtlModify, socket, index, writable ? Libc.EpollIn | Libc.EpollOut : Libc.EpollIn);

    /// <summary>Waits for events, at most so long, and says how many there are.</summary>
    public int Wait(int milliseconds)
    {
        var count = Libc.EpollWait(_descriptor, ref _events[0], MaxEvents, milliseconds);
        if (count >= 0) return count;
        var error = Marshal.GetLastPInvokeError();
        return error == Libc.Interrupted ? 0 : throw new Win32Exception(error);
    }

    /// <summary>The index under which the socket of an event was added.</summary>
    public int IndexOf(int occurrence) => BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan((occurrence * s_stride) + s_dataOffset));

    public void Dispose() => _ = Libc.Close(_descriptor);

    private void Control(int operation, int socket, int index, uint events)
    {
        Span<byte> change = stackalloc byte[16];
        change.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(change, events);
        BinaryPrimitives.WriteInt32LittleEndian(change[s_dataOffset..], index);
        if (Libc.EpollControl(_descriptor, operation, socket, ref change[0]) < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
