using System.Diagnostics;
using System.Text;

namespace Peers.Bench.Load;

/// <summary>Keeps a number of messages in flight on every connection: each that comes back is sent again.</summary>
internal sealed class EchoLoad : IDisposable
{
    // One in so many echoes is compared with what was sent.
    private const int SampleEvery = 64;

    // Longer echoes are counted by their headers: keeping their parts together would cost the generator a copy.
    private const int WholeUpTo = 8 * 1024;

    private readonly LoadOptions _options;
    private readonly Dialect _dialect;
    private readonly Epoll _epoll = new();
    private readonly Connection[] _connections;
    private readonly byte[] _frames;
    private readonly int _frameLength;
    private long _count;

    public EchoLoad(LoadOptions options)
    {
        _options = options;
        _dialect = Dialect.Of(options.Workload, options.Server, options.Size);
        var frame = ClientFrame.Request(_dialect);
        _frameLength = frame.Length;
        _frames = [.. Enumerable.Repeat(frame, options.Depth).SelectMany(bytes => bytes)];
        _connections = [.. Enumerable.Range(0, options.Connections).Select(_ => new Connection(Client.Open(options.Port, _dialect), _dialect.Reply.Length, WholeUpTo))];
        for (var i = 0; i < _connections.Length; i++) _epoll.Add(_connections[i].Descriptor, i);
    }

    public LoadResult Run()
    {
        var costOfAsking = ServerStats.CostOf(_options.Ports);
        for (var i = 0; i < _connections.Length; i++) Send(i, _options.Depth);
        RunFor(_options.Warmup);
        var meter = new Meter(_options.Ports, _count, costOfAsking);
        RunFor(_options.Seconds);
        return meter.Stop(_count);
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Close();
    }

    private void RunFor(double seconds)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var count = _epoll.Wait(milliseconds: 10);
            for (var i = 0; i < count; i++) Serve(_epoll.IndexOf(i));
        }
    }

    private void Serve(int index)
    {
        var connection = _connections[index];
        if (connection.IsStuck)
        {
            connection.Resume();
            if (!connection.IsStuck) _epoll.Watch(connection.Descriptor, index, writable: false);
        }

        var sink = new Sink(_dialect.Reply, _count);
        connection.Read(ref sink);
        var came = (int)(sink.Count - _count);
        if (came == 0) return;
        _count = sink.Count;
        Send(index, came);
    }

    private void Send(int index, int messages)
    {
        var connection = _connections[index];
        var wasStuck = connection.IsStuck;
        connection.Send(_frames.AsSpan(0, messages * _frameLength));
        if (connection.IsStuck && !wasStuck) _epoll.Watch(connection.Descriptor, index, writable: true);
    }

    private ref struct Sink(ReadOnlySpan<byte> expected, long count) : IRecordSink
    {
        private readonly ReadOnlySpan<byte> _expected = expected;

        public long Count = count;

        public void Take(ReadOnlySpan<byte> record)
        {
            if (++Count % SampleEvery != 0 || record.IsEmpty || record.SequenceEqual(_expected)) return;
            throw new InvalidDataException($"The server sent '{Encoding.UTF8.GetString(record)}' for '{Encoding.UTF8.GetString(_expected)}'.");
        }
    }
}
