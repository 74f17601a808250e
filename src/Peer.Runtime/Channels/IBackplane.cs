using System.Buffers;

namespace Peers;

/// <summary>Carries channels between machines: opaque bytes, by the name of a channel, at most once.</summary>
/// <remarks>
/// <para>
/// The host stands above it. It delivers to its own peers first and never waits for the backplane; it counts who is interested, queues within bounds, numbers what
/// it publishes and finds what was lost. An implementation only moves bytes. The suites <c>BackplaneContract</c> and <c>ClusterSpecification</c> among the repository's tests try what stands below.
/// </para>
/// <para>How the host calls it:</para>
/// <list type="bullet">
/// <item><see cref="StartAsync"/> first, alone. Where that throws it may be called again, with the same sink; otherwise once.</item>
/// <item><see cref="SubscribeAsync"/> and <see cref="UnsubscribeAsync"/> from any thread; for one channel never two at a time, and in turns. For different channels at once, thousands of them.</item>
/// <item><see cref="PublishAsync"/> by one caller at a time, beside all others. The next call may come before the last has completed; calls are batches of some hundred, and the host waits for all of a batch before it begins the next.</item>
/// <item><see cref="CloseAsync"/> once, last, also where the start failed; what is under way then may fail.</item>
/// </list>
/// <para>An implementation MUST</para>
/// <list type="bullet">
/// <item>hand every message to every subscribed node once at most, its own node too or not as it likes: the host knows its own;</item>
/// <item>keep the order in which one node publishes to one channel, or lose messages, but never swap or repeat them where it can help it;</item>
/// <item>carry any bytes from 1 to <see cref="MaxMessageBytes"/>, and any channel name that is not empty: all of Unicode, lone surrogates, <c>* &gt; . ? [ ]</c>, space, control characters, thousands of characters; two different names are two channels;</item>
/// <item>complete <see cref="SubscribeAsync"/> only when the server has the subscription, or by throwing;</item>
/// <item>come back by itself when the connection is lost, restore all subscriptions, and then call <see cref="IBackplaneSink.Interrupted"/>; tell of what its client or server dropped in the same way;</item>
/// <item>fail a call that cannot be done in bounded time, a few seconds, rather than hold it until the connection is back.</item>
/// </list>
/// <para>An implementation MUST NOT</para>
/// <list type="bullet">
/// <item>keep messages without bound, repeat a publish that may have arrived, or store them for later;</item>
/// <item>use the memory of a publish after its task has completed, or read it before the call;</item>
/// <item>hold up the caller: a call that has to wait returns a task that is not complete;</item>
/// <item>call the sink from inside a call of the host's, or after <see cref="CloseAsync"/> has completed.</item>
/// </list>
/// </remarks>
public interface IBackplane
{
    /// <summary>What it is and where, for logs and errors: <c>NATS at nats://10.0.0.1:4222</c>. No credentials.</summary>
    string Name { get; }

    /// <summary>The longest message that <see cref="PublishAsync"/> takes, in bytes; the host splits what is longer. Asked for anew after each start and interruption; at least 1,024.</summary>
    int MaxMessageBytes { get; }

    /// <summary>Whether the connection stands, as far as is known now; for health checks.</summary>
    bool IsConnected => true;

    /// <summary>Connects.</summary>
    /// <param name="sink">Takes what comes, from now until <see cref="CloseAsync"/> has completed.</param>
    /// <param name="cancellationToken">The application gives up starting.</param>
    /// <returns>Completes when the server has answered.</returns>
    /// <exception cref="BackplaneException">The server is not there or refuses. The message says which server, why and what to do about it.</exception>
    ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken);

    /// <summary>Asks for what any node publishes to a channel from now on.</summary>
    /// <returns>Completes when the server has the subscription: what is published after that, on any node, comes.</returns>
    /// <exception cref="Exception">It could not be done, and the channel is not subscribed. The host tries again.</exception>
    ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken);

    /// <summary>Takes that back. A few messages more may still come.</summary>
    /// <exception cref="Exception">It could not be done; the host counts the channel as unsubscribed nevertheless, so that the implementation has to let go of it.</exception>
    ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken);

    /// <summary>Publishes to a channel, whether this node subscribes to it or not.</summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="message">The bytes. They are the host's, and stay as they are until the returned task completes.</param>
    /// <returns>Completes when the memory is no longer needed, which promises nothing about arrival.</returns>
    /// <exception cref="Exception">The message may be lost. The host counts and logs it and goes on: other nodes find the hole by themselves.</exception>
    ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message);

    /// <summary>Sends what was published, as far as that is possible within a second or two, and disconnects.</summary>
    ValueTask CloseAsync();
}

/// <summary>What a backplane calls: the host's ear. Implemented by the host; never throws and never waits.</summary>
public interface IBackplaneSink
{
    /// <summary>A message came.</summary>
    /// <remarks>From any thread; for one channel one call at a time, in order. The sink copies what it keeps before it returns. A channel that is not subscribed (any more) is ignored.</remarks>
    /// <param name="channel">The name that was subscribed to, equal to it by ordinal comparison.</param>
    /// <param name="message">The bytes as they were published; borrowed until this returns.</param>
    void Receive(string channel, in ReadOnlySequence<byte> message);

    /// <summary>Messages may be missing, and nobody knows which: the connection was lost and is back, or the server or client dropped some.</summary>
    /// <remarks>Called after the subscriptions are restored, once for each interruption. From any thread.</remarks>
    /// <param name="channel">The channel that it happened to; null for all.</param>
    void Interrupted(string? channel = null);
}

/// <summary>A backplane cannot do what it has to. The message says which server, why, and what to do about it.</summary>
public sealed class BackplaneException : Exception
{
    /// <summary>Without an explanation; use one of the others.</summary>
    public BackplaneException() { }

    /// <summary>With an explanation.</summary>
    public BackplaneException(string message) : base(message) { }

    /// <summary>With an explanation and what it follows from.</summary>
    public BackplaneException(string message, Exception? innerException) : base(message, innerException) { }
}
