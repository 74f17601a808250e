using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Peers.Interop;

/// <summary>A level-triggered epoll, epoll(7). Waited on by one thread; <see cref="Watch"/> and the others are for that thread too.</summary>
internal sealed class Epoll : IDisposable
{
    private const int MaxEvents = 1024;
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;

    private static readonly int s_dataOffset = DataOffsetOn(RuntimeInformation.ProcessArchitecture);
    private static readonly int s_stride = s_dataOffset + sizeof(ulong);

    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * s_stride, pinned: true);
    private int _descriptor = Libc.EpollCreate(Libc.CloseOnExec);

    /// <summary>Makes one.</summary>
    /// <exception cref="Win32Exception">The process has no descriptor left.</exception>
    public Epoll()
    {
        if (_descriptor < 0) throw new Win32Exception(Libc.LastError);
    }

    /// <summary>Where the data stand in struct epoll_event { uint32_t events; uint64_t data; }, which is packed on x86-64 and nowhere else. They end it.</summary>
    public static int DataOffsetOn(Architecture architecture) => architecture == Architecture.X64 ? 4 : 8;

    /// <summary>Begins to watch a descriptor; false where the system has no room for it.</summary>
    public bool TryAdd(int descriptor, int key, Readiness interest) => Control(Add, descriptor, key, interest) == 0;

    /// <summary>Changes what a descriptor is watched for. Errors and hang-ups are always seen.</summary>
    public void Watch(int descriptor, int key, Readiness interest) => Control(Modify, descriptor, key, interest);

    /// <summary>Stops watching a descriptor, as closing it does too.</summary>
    public void Remove(int descriptor) => Control(Delete, descriptor, 0, Readiness.None);

    /// <summary>Waits at most so many milliseconds, or for ever with -1.</summary>
    /// <returns>How many events there are.</returns>
    public int Wait(int milliseconds)
    {
        var count = Libc.EpollWait(_descriptor, ref _events[0], MaxEvents, milliseconds);
        if (count >= 0) return count;
        return Libc.LastError == Libc.Interrupted ? 0 : throw new Win32Exception(Libc.LastError);
    }

    /// <summary>The event at a place below what <see cref="Wait"/> returned: under which key, and for what.</summary>
    public (int Key, Readiness Readiness) EventAt(int index)
    {
        var bytes = _events.AsSpan(index * s_stride, s_stride);
        return (BinaryPrimitives.ReadInt32LittleEndian(bytes[s_dataOffset..]), (Readiness)BinaryPrimitives.ReadUInt32LittleEndian(bytes));
    }

    /// <summary>Closes it. Whoever still asks for something is told that there is no such descriptor, and never somebody else's.</summary>
    public void Dispose()
    {
        Libc.Close(_descriptor);
        _descriptor = -1;
    }

    private int Control(int operation, int descriptor, int key, Readiness interest)
    {
        Span<byte> change = stackalloc byte[16];
        change.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(change, (uint)interest);
        BinaryPrimitives.WriteInt32LittleEndian(change[s_dataOffset..], key);
        return Libc.EpollControl(_descriptor, operation, descriptor, ref change[0]);
    }
}

/// <summary>What a descriptor is watched for, and what it is ready for: EPOLLIN and its kin.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,
    Failed = 0x008,
    HungUp = 0x010,
    RemoteEnded = 0x2000,
}
