using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>While hooks are timed, the clock runs beside each of them, and it may be the application's own.</summary>
public sealed class ThrowingClockTests : IDisposable
{
    private readonly ThrowingTime _time = new();
    private readonly TestMeters _meters = new();
    private readonly MeterReader _reader;
    private readonly PeerHost _host;
    private readonly TaskCompletionSource<CloseEvent> _closed = Patience.Signal<CloseEvent>();

    public ThrowingClockTests()
    {
        _reader = new(_meters);
        _host = new(_time, new LogLines(), _meters);
    }

    public void Dispose()
    {
        _host.Dispose();
        _reader.Dispose();
        _meters.Dispose();
    }

    // What was thrown before the hook was called left the queue busy: no further hook of the peer ran, the close hook among them, and the connection never ended.
    [Theory]
    [InlineData("before the hook")]
    [InlineData("after the hook")]
    [InlineData("after the hook has awaited")]
    public async Task A_clock_that_throws_costs_the_peer_and_the_close_hook_still_runs(string when)
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (_, _) =>
            {
                if (when == "after the hook has awaited") await Task.Yield();
                if (when != "before the hook") _time.ThrowOnce();
            },
            Close = (_, close) =>
            {
                _closed.SetResult(close);
                return default;
            },
        });
        if (when == "before the hook") _time.ThrowOnce();
        await client.SendAsync("timed");

        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
        await client.CloseAsync();
        Assert.Equal(CloseCode.InternalError, (await _closed.Soon()).Code);
        await client.Run.WaitAsync(Patience.Limit);
    }

    private sealed class ThrowingTime : TimeProvider
    {
        private int _throws;

        /// <summary>The next reading fails.</summary>
        public void ThrowOnce() => Volatile.Write(ref _throws, 1);

        public override long GetTimestamp() => Interlocked.Exchange(ref _throws, 0) == 0 ? base.GetTimestamp() : throw new InvalidOperationException("The clock failed.");

        // No heartbeat, so that nothing else reads the clock.
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
