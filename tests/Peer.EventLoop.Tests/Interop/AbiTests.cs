using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Peers.Interop;

namespace Peers.Tests.Interop;

/// <summary>What the kernel and the loop have to agree on, byte for byte, on x64 and arm64: asked of the kernel that runs the test, and stated for the other.</summary>
public sealed class AbiTests
{
    // linux/eventpoll.h: EPOLL_PACKED is __attribute__((packed)) under __x86_64__ and nothing otherwise.
    [Theory]
    [InlineData(Architecture.X64, 4)]
    [InlineData(Architecture.Arm64, 8)]
    public void The_data_of_an_event_stand_where_the_architecture_puts_them(Architecture architecture, int offset) => Assert.Equal(offset, Epoll.DataOffsetOn(architecture));

    [Fact]
    public void Each_of_many_events_has_the_key_of_its_descriptor_and_what_it_is_ready_for()
    {
        using var epoll = new Epoll();
        var descriptors = Enumerable.Range(0, 20).Select(static _ => Libc.EventCreate(0, Libc.NonBlocking | Libc.CloseOnExec)).ToArray();
        for (var i = 0; i < descriptors.Length; i++) Assert.True(epoll.TryAdd(descriptors[i], 0x01020304 * (i + 1), Readiness.Readable | Readiness.Writable));
        foreach (var descriptor in descriptors[..10]) Assert.Equal(sizeof(ulong), Libc.Write(descriptor, 1, sizeof(ulong)));

        Assert.Equal(20, epoll.Wait(0));
        var events = Enumerable.Range(0, 20).Select(epoll.EventAt).ToDictionary(static one => one.Key, static one => one.Readiness);
        for (var i = 0; i < 20; i++) Assert.Equal(i < 10 ? Readiness.Readable | Readiness.Writable : Readiness.Writable, events[0x01020304 * (i + 1)]);
        foreach (var descriptor in descriptors) Assert.Equal(0, Libc.Close(descriptor));
    }

    [Fact]
    public void A_watch_that_changes_is_the_one_that_counts()
    {
        using var epoll = new Epoll();
        var descriptor = Libc.EventCreate(0, Libc.NonBlocking | Libc.CloseOnExec);
        Assert.True(epoll.TryAdd(descriptor, 7, Readiness.Readable));
        Assert.Equal(0, epoll.Wait(0));
        epoll.Watch(descriptor, 9, Readiness.Writable);

        Assert.Equal(1, epoll.Wait(0));
        Assert.Equal((9, Readiness.Writable), epoll.EventAt(0));
        epoll.Remove(descriptor);
        Assert.Equal(0, epoll.Wait(0));
        Assert.Equal(0, Libc.Close(descriptor));
    }

    [Fact]
    public void A_counter_is_made_with_the_flags_that_were_asked_for()
    {
        var descriptor = Libc.EventCreate(3, Libc.NonBlocking | Libc.CloseOnExec);
        Assert.Equal(Libc.NonBlocking | Libc.CloseOnExec, FlagsOf(descriptor) & (Libc.NonBlocking | Libc.CloseOnExec));
        ulong count = 0;
        Assert.Equal(sizeof(ulong), Libc.Read(descriptor, ref count, sizeof(ulong)));
        Assert.Equal(3UL, count);

        Assert.Equal(-1, Libc.Read(descriptor, ref count, sizeof(ulong)));
        Assert.Equal(Libc.Again, Libc.LastError);
        Assert.Equal(0, Libc.Close(descriptor));
    }

    [Fact]
    public async Task A_connection_is_accepted_with_the_flags_that_were_asked_for_and_the_address_of_its_client()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listening.LocalEndPoint!, TestContext.Current.CancellationToken);
        var address = new byte[KernelAddress.MaxLength];
        var length = address.Length;
        var accepted = Libc.Accept((int)listening.SafeHandle.DangerousGetHandle(), ref address[0], ref length, Libc.NonBlocking | Libc.CloseOnExec);

        Assert.Equal(Libc.NonBlocking | Libc.CloseOnExec, FlagsOf(accepted) & (Libc.NonBlocking | Libc.CloseOnExec));
        Assert.Equal((client.LocalEndPoint, client.RemoteEndPoint), (KernelAddress.Read(address.AsSpan(0, length)), KernelAddress.OfSocket(accepted)));
        byte one = 0;
        Assert.Equal(-1, Libc.Receive(accepted, ref one, 1, 0));
        Assert.Equal(Libc.Again, Libc.LastError);

        // Sent to a client that is gone: an error, and no signal that ends the process.
        client.LingerState = new(enable: true, seconds: 0);
        client.Close();
        while (Libc.Send(accepted, in one, 1, Libc.NoSignal) >= 0 || Libc.LastError == Libc.Again)
        {
        }

        Assert.Equal(0, Libc.Close(accepted));
    }

    // struct linger { int l_onoff; int l_linger; } is written as one number.
    [Fact]
    public void A_socket_lingers_for_no_time_and_shares_its_port_where_that_was_asked_for()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        Assert.Equal(0, Libc.SetOption(descriptor, Libc.SocketLevel, Libc.Linger, value: 1, length: sizeof(long)));
        Assert.Equal(0, Libc.SetOption(descriptor, Libc.TcpLevel, Libc.TcpNoDelay, value: 1, length: sizeof(int)));
        Assert.Equal(0, Libc.SetOption(descriptor, Libc.SocketLevel, Libc.ReusePort, value: 1, length: sizeof(int)));

        Assert.True(socket.NoDelay);
        Assert.Equal((true, 0), (socket.LingerState!.Enabled, socket.LingerState.LingerTime));
        var shared = new byte[sizeof(int)];
        socket.GetRawSocketOption(Libc.SocketLevel, Libc.ReusePort, shared);
        Assert.Equal(1, BitConverter.ToInt32(shared));
    }

    // proc(5): the flags are octal.
    private static int FlagsOf(int descriptor)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor}")).Single(static line => line.StartsWith("flags:", StringComparison.Ordinal));
        return Convert.ToInt32(line["flags:".Length..].Trim(), 8);
    }
}
