using System.Diagnostics;
using Peers.Bench.Report;

namespace Peers.Bench.Codec;

/// <summary>What two ways to do the same took, and allocated, each time.</summary>
/// <param name="Ours">Nanoseconds.</param>
/// <param name="Theirs">Nanoseconds.</param>
/// <param name="Ratio">How many times as fast ours is.</param>
/// <param name="OurBytes">Bytes.</param>
/// <param name="TheirBytes">Bytes.</param>
internal sealed record Race(double Ours, double Theirs, double Ratio, double OurBytes, double TheirBytes)
{
    private static readonly TimeSpan s_warmup = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_batch = TimeSpan.FromMilliseconds(5);

    /// <summary>Lets both grow warm, then runs batches of each in turn.</summary>
    /// <param name="ours">Does it so many times.</param>
    /// <param name="theirs">Does the same so many times.</param>
    /// <param name="batches">How often each has its turn.</param>
    public static Race Run(Action<int> ours, Action<int> theirs, int batches)
    {
        var (ourTimes, theirTimes) = (Warm(ours), Warm(theirs));
        var (ourBatches, theirBatches) = (new double[batches], new double[batches]);
        for (var i = 0; i < batches; i++)
        {
            ourBatches[i] = Time(ours, ourTimes);
            theirBatches[i] = Time(theirs, theirTimes);
        }

        var ratio = ourBatches.Zip(theirBatches, (our, their) => their / our).Median();
        return new(ourBatches.Median(), theirBatches.Median(), ratio, Allocated(ours, ourTimes), Allocated(theirs, theirTimes));
    }

    // Many calls, so that the call itself is compiled for speed too; says how many times make a batch.
    private static int Warm(Action<int> run)
    {
        var started = Stopwatch.GetTimestamp();
        var times = 0;
        while (Stopwatch.GetElapsedTime(started) < s_warmup)
        {
            run(10);
            times += 10;
        }

        return Math.Max(10, (int)(times * (s_batch / s_warmup)));
    }

    private static double Time(Action<int> run, int times)
    {
        var started = Stopwatch.GetTimestamp();
        run(times);
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / times;
    }

    private static double Allocated(Action<int> run, int times)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        run(times);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / times;
    }
}
