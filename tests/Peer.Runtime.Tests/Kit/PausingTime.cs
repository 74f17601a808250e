using Microsoft.Extensions.Time.Testing;

namespace Peers.Tests.Kit;

/// <summary>The clock of a process that a test pauses: after a pause it has moved on, and no timer has run meanwhile.</summary>
internal sealed class PausingTime(FakeTimeProvider inner) : TimeProvider
{
    private long _paused;

    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <summary>The process did not run for so long.</summary>
    public void Pause(TimeSpan span) => Interlocked.Add(ref _paused, (long)(span.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => inner.GetTimestamp() + Interlocked.Read(ref _paused);

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + TimeSpan.FromSeconds((double)Interlocked.Read(ref _paused) / TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
}
