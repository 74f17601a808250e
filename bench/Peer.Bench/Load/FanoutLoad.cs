using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace Peers.Bench.Load;

/// <summary>One connection publishes, the others subscribe: the next message is published when all have the oldest in flight.</summary>
internal sealed class FanoutLoad : IDisposable
{
    // Published until everybody has heard it: a subscriber may join a moment after its handshake was answered.
    private const int Probe = 99_999_999;
    private const double ProbeSeconds = 0.05;
    private const int MaxProbes = 200;

    private static readonly TimeSpan s_pongInterval = TimeSpan.FromSeconds(10);
    private static readonly byte[] s_pong = [0x8A, 0x80, 0, 0, 0, 0];

    private readonly LoadOptions _options;
    private readonly Epoll _epoll = new();
    private readonly Connection[] _subscribers;
    private readonly Connection _publisher;

    // The frame that is published, and where its number stands in it and in what is heard.
    private readonly byte[] _frame;
    private readonly int _numberInRequest;
    private readonly int _numberInFrame;
    private readonly int _numberInReply;

    // Of every subscriber, the number of the next message.
    private readonly int[] _next;
    private readonly bool[] _isJoined;

    // Of every message in flight, by its number modulo the depth: how many have it, and when it was published.
    private readonly int[] _delivered;
    private readonly long[] _publishedAt;
    private readonly byte[] _batch;
    private int _published;
    private int _completed;
    private long _count;
    private long _lastPong = Stopwatch.GetTimestamp();
    private Histogram _latency = new();

    // What was in flight while the server was asked is not timed: nobody read meanwhile.
    private int _firstTimed;

    public FanoutLoad(LoadOptions options)
    {
        _options = options;
        var dialect = Dialect.Of(options.Workload, options.Server, options.Size);
        _frame = ClientFrame.Request(dialect);
        _numberInRequest = Dialect.TextIn(dialect.Request);
        _numberInFrame = _frame.Length - dialect.Request.Length + _numberInRequest;
        _numberInReply = Dialect.TextIn(dialect.Reply);
        _delivered = new int[options.Depth];
        _publishedAt = new long[options.Depth];
        _batch = new byte[options.Depth * _frame.Length];
        _next = new int[options.Connections];
        _isJoined = new bool[options.Connections];
        _subscribers = [.. Enumerable.Range(0, options.Connections).Select(i => new Connection(Client.Open(options.Ports[i % options.Ports.Count], dialect), dialect.Reply.Length, FrameScanner.MaxWhole))];
        _publisher = new(Client.Open(options.Port, dialect), dialect.Reply.Length, FrameScanner.MaxWhole);
        for (var i = 0; i < _subscribers.Length; i++) _epoll.Add(_subscribers[i].Descriptor, i);
    }

    public LoadResult Run()
    {
        var costOfAsking = ServerStats.CostOf(_options.Ports);
        WaitUntilAllHaveJoined();
        Publish();
        RunFor(_options.Warmup);
        var meter = new Meter(_options.Ports, _count, costOfAsking);
        (_latency, _firstTimed) = (new(), _published);
        RunFor(_options.Seconds);
        return meter.Stop(_count) with { P50 = _latency.Microseconds(0.5), P99 = _latency.Microseconds(0.99) };
    }

    public void Dispose()
    {
        foreach (var connection in _subscribers) connection.Close();
        _publisher.Close();
    }

    private void WaitUntilAllHaveJoined()
    {
        for (var i = 0; i < MaxProbes; i++)
        {
            Number(_frame, Probe);
            _publisher.Send(_frame);
            RunFor(ProbeSeconds);
            if (Array.TrueForAll(_isJoined, isJoined => isJoined)) return;
        }

        throw new InvalidOperationException($"Only {_isJoined.Count(isJoined => isJoined)} of {_isJoined.Length} subscribers heard anything.");
    }

    private void RunFor(double seconds)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var count = _epoll.Wait(milliseconds: 10);
            for (var i = 0; i < count; i++) Read(_epoll.IndexOf(i));
            if (_completed > _published - _options.Depth && _published > 0) Publish();
            if (Stopwatch.GetElapsedTime(_lastPong) > s_pongInterval) Pong();
        }
    }

    // Who only listens says now and then that it is there, RFC 6455 §5.5.3: pings are not read here.
    private void Pong()
    {
        _lastPong = Stopwatch.GetTimestamp();
        foreach (var subscriber in _subscribers) subscriber.Send(s_pong);
    }

    private void Read(int subscriber)
    {
        var sink = new Sink(this, subscriber, Stopwatch.GetTimestamp());
        _subscribers[subscriber].Read(ref sink);
    }

    private void Publish()
    {
        var length = 0;
        var now = Stopwatch.GetTimestamp();
        for (; _published < _completed + _options.Depth; _published++)
        {
            _delivered[_published % _options.Depth] = 0;
            _publishedAt[_published % _options.Depth] = now;
            Number(_frame, _published);
            _frame.CopyTo(_batch, length);
            length += _frame.Length;
        }

        _publisher.Resume();
        _publisher.Send(_batch.AsSpan(0, length));
    }

    private void Number(byte[] frame, int number)
    {
        var place = frame.AsSpan(_numberInFrame, Dialect.SequenceLength);
        Utf8Formatter.TryFormat(number, place, out _, new('D', Dialect.SequenceLength));
        ClientFrame.Mask(place, _numberInRequest);
    }

    private void Delivered(int subscriber, ReadOnlySpan<byte> record, long now)
    {
        if (!Utf8Parser.TryParse(record.Slice(_numberInReply, Dialect.SequenceLength), out int number, out _)) throw new InvalidDataException(Encoding.UTF8.GetString(record));
        _isJoined[subscriber] = true;
        if (number == Probe) return;
        if (number != _next[subscriber]++) throw new InvalidDataException($"Subscriber {subscriber} heard {number} in place of {_next[subscriber] - 1}.");

        _count++;
        if (number >= _firstTimed) _latency.Add(now - _publishedAt[number % _options.Depth]);
        if (++_delivered[number % _options.Depth] == _subscribers.Length) _completed++;
    }

    private readonly ref struct Sink(FanoutLoad load, int subscriber, long now) : IRecordSink
    {
        public void Take(ReadOnlySpan<byte> record) => load.Delivered(subscriber, record, now);
    }
}
