using System.ComponentModel;
using System.Diagnostics;

namespace Peers.Bench.Load;

/// <summary>One client of a burst load. It reads whenever there are bytes and writes whenever the kernel has room.</summary>
/// <remarks>Neither waits for the other, so that it cannot deadlock with a server that stops reading while its output waits.</remarks>
internal sealed class BurstClient(Burst burst, int port)
{
    // Only control frames need to be seen whole.
    private const int WholeUpTo = 125;

    private readonly Connection _connection = new(Client.Open(port, burst.Dialect), burst.Dialect.Reply.Length, WholeUpTo);
    private int _sent;
    private int _received;
    private long _lastRead;

    public int Descriptor => _connection.Descriptor;

    /// <summary>Whether it has received all replies.</summary>
    public bool IsComplete => _received >= burst.Replies;

    /// <summary>Whether the server ended the connection, by a close frame or otherwise, before all replies were there.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether it has more to write.</summary>
    public bool HasUnsent => _connection.IsStuck || _sent < burst.Chunks;

    /// <summary>The time since the last whole message, or since <see cref="Begin"/>.</summary>
    public TimeSpan Silence => Stopwatch.GetElapsedTime(_lastRead);

    /// <summary>Writes the first chunk.</summary>
    public void Begin()
    {
        _lastRead = Stopwatch.GetTimestamp();
        Try(Write);
    }

    /// <summary>Reads once and writes once.</summary>
    public void Serve()
    {
        Try(Read);
        if (!IsComplete && !IsClosed) Try(Write);
    }

    public void Close() => _connection.Close();

    private void Read()
    {
        var sink = new Sink();
        _connection.Read(ref sink);
        if (sink.Count > 0) _lastRead = Stopwatch.GetTimestamp();
        _received += sink.Count;
        IsClosed = _connection.HasCloseFrame && !IsComplete;
    }

    private void Write()
    {
        _connection.Resume();
        if (_connection.IsStuck || _sent == burst.Chunks) return;
        _sent++;
        _connection.Send(burst.Chunk);
    }

    // A reset, or the end of the stream, is an ending as a close frame is.
    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception) when (exception is EndOfStreamException or Win32Exception)
        {
            IsClosed = !IsComplete;
        }
    }

    private struct Sink : IRecordSink
    {
        public int Count;

        public void Take(ReadOnlySpan<byte> record) => Count++;
    }
}
