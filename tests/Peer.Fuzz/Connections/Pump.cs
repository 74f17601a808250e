using System.Collections.Concurrent;

namespace Peers.Fuzzing;

/// <summary>Runs a task to its end on one thread, so that the same input takes the same way each time, and tells when it cannot go on.</summary>
internal sealed class Pump : SynchronizationContext, IDisposable
{
    private const int MaxWaits = 300;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(10);

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    /// <summary>Runs a task to its end.</summary>
    /// <param name="start">Starts it.</param>
    /// <param name="idle">Lets go on what was held back, when nothing else can go on; false where nothing is held back.</param>
    public void Run(Func<Task> start, Func<bool> idle)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = start();
            while (!task.IsCompleted) Step(idle);
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Dispose() => _posted.Dispose();

    /// <summary>Calls what is to run without the pump: what it completes goes on at once and on this thread, not on one of the pool's.</summary>
    public static T Outside<T>(Func<T> action)
    {
        var before = Current;
        SetSynchronizationContext(null);
        try
        {
            return action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private void Step(Func<bool> idle)
    {
        if (_posted.TryTake(out var next) || (!Outside(idle) && TryWait(idle, out next))) next.Callback?.Invoke(next.State);
    }

    // Nothing should be under way elsewhere. Where something is, it gets its time.
    private bool TryWait(Func<bool> idle, out (SendOrPostCallback Callback, object? State) next)
    {
        for (var waits = 0; !_posted.TryTake(out next, s_wait); waits++)
        {
            Claim.ThrowIfBroken();
            Claim.That(waits < MaxWaits, "the connection comes to its end");
            if (Outside(idle)) return false;
        }

        return true;
    }
}
