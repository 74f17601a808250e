using Peers.Bench.Report;

namespace Peers.Bench.InProcess;

/// <summary>Times something short by doing it many times in a row, again and again.</summary>
/// <remarks>What is counted is the process's processor time: what else runs on the machine is left out as far as it can be.</remarks>
internal sealed class Batches
{
    private static readonly TimeSpan s_warmup = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_length = TimeSpan.FromMilliseconds(5);

    private readonly Action<int> _run;
    private readonly int _times;
    private readonly List<double> _nanoseconds = [];

    /// <summary>Lets it grow warm.</summary>
    /// <param name="run">Does it so many times.</param>
    public Batches(Action<int> run)
    {
        _run = run;
        _times = Warm();
    }

    /// <summary>Nanoseconds of processor time each time, batch by batch.</summary>
    public IReadOnlyList<double> Nanoseconds => _nanoseconds;

    public double Median => _nanoseconds.Median();

    /// <summary>What it takes where nothing else gets in the way.</summary>
    public double Least => _nanoseconds.Min();

    /// <summary>Times one more batch.</summary>
    public void Add()
    {
        var before = Environment.CpuUsage.TotalTime;
        _run(_times);
        _nanoseconds.Add((Environment.CpuUsage.TotalTime - before).TotalNanoseconds / _times);
    }

    /// <summary>Bytes that this thread allocates each time.</summary>
    public double Allocated()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        _run(_times);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / _times;
    }

    // Many calls, so that the call itself is compiled for speed too; says how many times make a batch.
    private int Warm()
    {
        var started = Environment.CpuUsage.TotalTime;
        var times = 0;
        while (Environment.CpuUsage.TotalTime - started < s_warmup)
        {
            _run(10);
            times += 10;
        }

        return Math.Max(10, (int)(times * (s_length / s_warmup)));
    }
}
