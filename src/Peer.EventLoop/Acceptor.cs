using System.Net.Sockets;
using Peers.Interop;

namespace Peers;

/// <summary>One listening socket on one loop.</summary>
internal sealed class Acceptor(Socket socket, EventLoop loop, EventLoopListener listener) : IPollable, ITimed
{
    private const int MaxPerPass = 64;
    private const int PauseMilliseconds = 500;

    private readonly int _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _key = -1;
    private bool _isStopped;
    private long _resumeAt;

    /// <summary>Begins to accept.</summary>
    public void Start()
    {
        socket.Blocking = false;
        loop.Post(static acceptor => ((Acceptor)acceptor).Watch(), this);
    }

    /// <summary>The loop that accepts.</summary>
    public EventLoop Loop => loop;

    /// <summary>Stops accepting and closes the socket. May be called again. From any thread.</summary>
    /// <returns>Completes when the socket is closed: never while a hook blocks the loop, although nothing is accepted any more by then.</returns>
    public Task StopAsync()
    {
        StopListening();
        loop.Post(static acceptor => ((Acceptor)acceptor).Close(), this);
        return _stopped.Task;
    }

    /// <inheritdoc/>
    public void OnReady(Readiness readiness)
    {
        // Another loop found none left: what is free now is not for connections.
        if (listener.Spare.AreGivenUp)
        {
            Pause();
            return;
        }

        Span<byte> address = stackalloc byte[KernelAddress.MaxLength];
        for (var i = 0; i < MaxPerPass; i++)
        {
            var length = KernelAddress.MaxLength;
            var accepted = Libc.Accept(_descriptor, ref address[0], ref length, Libc.NonBlocking | Libc.CloseOnExec);
            if (accepted >= 0)
            {
                listener.Accept(loop, accepted, KernelAddress.Read(address[..Math.Min(length, KernelAddress.MaxLength)]));
                continue;
            }

            if (Libc.LastError is Libc.TooManyInProcess or Libc.TooManyInSystem or Libc.NoBuffers or Libc.NoMemory) Pause();
            return;
        }
    }

    /// <inheritdoc/>
    public bool OnTick(long now)
    {
        if (_isStopped) return false;
        if (now < _resumeAt) return true;
        if (listener.Spare.TryTake()) Watch();
        else LookLater();

        // What could not be watched has been put down for later once more.
        return false;
    }

    /// <summary>One connection could not be accepted; the next may.</summary>
    public void Fail()
    {
    }

    /// <inheritdoc/>
    public void End() => Close();

    // Only the loop closes the socket, so that its number cannot become another descriptor's while the loop accepts.
    private void StopListening()
    {
        lock (socket)
        {
            if (!_isStopped) Libc.Shutdown(_descriptor, Libc.ShutdownBoth);
        }
    }

    private void Close()
    {
        lock (socket) CloseSocket();
        _stopped.TrySetResult();
    }

    private void CloseSocket()
    {
        if (_isStopped) return;
        _isStopped = true;
        if (_key >= 0) loop.Remove(_descriptor, _key);
        socket.Dispose();
    }

    private void Watch()
    {
        _key = loop.Add(_descriptor, this, Readiness.Readable);
        if (_key < 0) LookLater();
    }

    // No descriptor is left. Those who wait would make the loop spin: it looks again a little later, when some may have been closed.
    private void Pause()
    {
        listener.Spare.GiveUp();
        loop.Log.NoDescriptors();
        loop.Remove(_descriptor, _key);
        _key = -1;
        LookLater();
    }

    private void LookLater()
    {
        _resumeAt = loop.Now + PauseMilliseconds;
        loop.Remind(this);
    }
}
