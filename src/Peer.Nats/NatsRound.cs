using NATS.Client.Core;

namespace Peers;

/// <summary>Round trips to the server that many wait for at once: whatever was sent before one began has been dealt with when it ends.</summary>
internal sealed class NatsRound(NatsConnection connection, TimeSpan timeout)
{
    private readonly Lock _lock = new();
    private Task _current = Task.CompletedTask;
    private Task? _next;

    /// <summary>Completes after a round trip that begins from now on.</summary>
    public Task WhenSeen()
    {
        lock (_lock) return _next ??= NextAsync(_current);
    }

    private async Task NextAsync(Task current)
    {
        await Task.Yield();
        await current.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock) (_current, _next) = (_next!, null);
        using var patience = new CancellationTokenSource(timeout);
        await connection.PingAsync(patience.Token);
    }
}
