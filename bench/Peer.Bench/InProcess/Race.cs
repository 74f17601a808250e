using Peers.Bench.Report;

namespace Peers.Bench.InProcess;

/// <summary>What two ways to do the same took, and allocated, each time.</summary>
/// <param name="Ours">Nanoseconds.</param>
/// <param name="Theirs">Nanoseconds.</param>
/// <param name="Ratio">How many times as fast ours is.</param>
/// <param name="OurBytes">Bytes.</param>
/// <param name="TheirBytes">Bytes.</param>
internal sealed record Race(double Ours, double Theirs, double Ratio, double OurBytes, double TheirBytes)
{
    /// <summary>Lets both grow warm, then runs batches of each in turn.</summary>
    /// <param name="ours">Does it so many times.</param>
    /// <param name="theirs">Does the same so many times.</param>
    /// <param name="batches">How often each has its turn.</param>
    public static Race Run(Action<int> ours, Action<int> theirs, int batches)
    {
        var (our, their) = (new Batches(ours), new Batches(theirs));
        for (var i = 0; i < batches; i++)
        {
            our.Add();
            their.Add();
        }

        var ratio = our.Nanoseconds.Zip(their.Nanoseconds, (a, b) => b / a).Median();
        return new(our.Median, their.Median, ratio, our.Allocated(), their.Allocated());
    }
}
