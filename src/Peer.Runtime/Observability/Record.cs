using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Peers.Observability;

/// <summary>Recording runs the listeners' code, which is foreign: never under a lock. A listener that throws is no reason to lose a message.</summary>
internal static class Record
{
    public static void Try(Counter<long> counter, long value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception exception)
        {
            Debug.WriteLine(exception);
        }
    }

    public static void Try<T>(Histogram<T> histogram, T value, params ReadOnlySpan<KeyValuePair<string, object?>> tags) where T : struct
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception exception)
        {
            Debug.WriteLine(exception);
        }
    }
}
