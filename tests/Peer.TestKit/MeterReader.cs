using System.Diagnostics.Metrics;
using System.Globalization;

namespace Peers.TestKit;

/// <summary>Listens to a meter, and adds up what its counters say.</summary>
public sealed class MeterReader : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly MeterListener _listener = new();

    // Guarded by _lock.
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _instruments = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> _sums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Listens to the meters of one factory.</summary>
    /// <param name="scope">The factory.</param>
    public MeterReader(object scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != scope || instrument.Meter.Name != "Peers") return;
            lock (_lock) _instruments.Add(instrument.Name);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The names of all instruments of the meter, whether they measured anything or not.</summary>
    public string[] Instruments
    {
        get { lock (_lock) return [.. _instruments]; }
    }

    /// <summary>All that was measured, a line each: <c>name{tag=value,…} sum</c>; of a histogram <c>count sum</c>.</summary>
    public string[] Lines()
    {
        _listener.RecordObservableInstruments();
        lock (_lock) return [.. _sums.Select(sum => string.Create(CultureInfo.InvariantCulture, $"{sum.Key} {(_counts.TryGetValue(sum.Key, out var count) ? $"{count} " : "")}{sum.Value}"))];
    }

    /// <summary>Returns when something was measured so.</summary>
    public async Task UntilAsync(string line)
    {
        while (true)
        {
            Task next;
            lock (_lock) next = _next.Task;
            if (Lines().Contains(line, StringComparer.Ordinal)) return;
            await next.WaitAsync(s_patience);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new List<string>();
        foreach (var tag in tags) names.Add($"{tag.Key}={tag.Value}");
        var key = $"{instrument.Name}{{{string.Join(',', names)}}}";
        TaskCompletionSource waited;
        lock (_lock)
        {
            _sums[key] = instrument.IsObservable ? value : _sums.GetValueOrDefault(key) + value;
            if (instrument.IsObservable) return;
            if (instrument is Histogram<double> or Histogram<long>) _counts[key] = _counts.GetValueOrDefault(key) + 1;
            (waited, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waited.SetResult();
    }
}

/// <summary>Makes meters that can be told from those of other tests.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        foreach (var meter in _meters) meter.Dispose();
    }
}
