using StackExchange.Redis;

namespace Peers;

// After a connection was lost and is back: the client asks for its subscriptions again, and says of none what became of it.
public sealed partial class RedisBackplane
{
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closing = new();

    // How often a connection was lost since the sink was told last.
    private int _failures;

    private void OnFailed()
    {
        if (Interlocked.Increment(ref _failures) == 1) _ = TellWhenRestoredAsync();
    }

    // Both connections of a client are lost together, mostly: one interruption.
    private async Task TellWhenRestoredAsync()
    {
        RedisSubscription[] refused;
        int seen;
        do
        {
            seen = Volatile.Read(ref _failures);
            if (!await TryReachAsync()) return;
            refused = await RestoreAsync();
        }
        while (Interlocked.CompareExchange(ref _failures, 0, seen) != seen);

        Tell(channel: null);
        foreach (var subscription in refused) _ = RestoreLaterAsync(subscription);
    }

    // Returns when the server answers behind all that the client asked it for; false where this is closed before.
    private async Task<bool> TryReachAsync()
    {
        while (!Volatile.Read(ref _isClosed))
        {
            try
            {
                if (_redis.IsConnected())
                {
                    await _redis.PingAsync();
                    return true;
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
            {
                // It is lost again, or closed.
            }
            catch (Exception exception)
            {
                // Nobody would be told of an interruption any more if this ended.
                _log.AskingFailed(exception);
            }

            await Task.Delay(s_look, TimeProvider.System);
        }

        return false;
    }

    // Those that the server does not have are asked for once more, and by ourselves: so it is known why.
    private async Task<RedisSubscription[]> RestoreAsync()
    {
        RedisSubscription[] missing = [.. _subscriptions.Values.Where(IsMissing)];
        var restored = await Task.WhenAll(missing.Select(TryRestoreAsync));
        return [.. missing.Where((_, index) => !restored[index])];
    }

    private async Task RestoreLaterAsync(RedisSubscription subscription)
    {
        if (!subscription.TryBeginRestoring()) return;
        for (var delay = s_firstRetry; ; delay = delay * 2 < s_longestRetry ? delay * 2 : s_longestRetry)
        {
            await Task.Delay(delay, TimeProvider.System, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_closing.IsCancellationRequested || subscription.IsStopped) return;
            if (await TryRestoreAsync(subscription)) break;
        }

        subscription.EndRestoring();
        if (!subscription.IsStopped) Tell(subscription.Channel);

        // Refused once more before that was over, it was left to this.
        if (IsMissing(subscription)) _ = RestoreLaterAsync(subscription);
    }

    // The client asks only for what the server does not have. A second handler leaves the queue as it is.
    private async Task<bool> TryRestoreAsync(RedisSubscription subscription)
    {
        try
        {
            await _redis.SubscribeAsync(subscription.Name, Ignore);
            return true;
        }
        catch (Exception exception)
        {
            if (!subscription.IsStopped && !_closing.IsCancellationRequested) _log.RestoringFailed(exception, subscription.Channel);
            return false;
        }
        finally
        {
            Forget(subscription.Name, Ignore);
        }

        static void Ignore(RedisChannel channel, RedisValue message)
        {
        }
    }

    private bool IsMissing(RedisSubscription subscription) =>
        !subscription.IsStopped && !_closing.IsCancellationRequested && _redis.SubscribedEndpoint(subscription.Name) is null;

    private void Tell(string? channel)
    {
        lock (_telling)
        {
            if (!_isClosed) _sink.Interrupted(channel);
        }
    }
}
