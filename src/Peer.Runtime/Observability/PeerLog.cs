using Microsoft.Extensions.Logging;

namespace Peers.Observability;

/// <summary>What a host logs about its peers. Event ids are never reused. What a client can cause is rate-limited.</summary>
/// <remarks>Lines take numbers and times as objects: each combination of types would be compiled anew, with all that providers do with it, into a native binary.</remarks>
internal sealed partial class PeerLog(ILogger logger, TimeProvider time)
{
    private readonly LogBudget _faults = new(time);
    private readonly LogBudget _messages = new(time);
    private readonly LogBudget _hooks = new(time, perSecond: 100);
    private readonly LogBudget _slow = new(time);
    private readonly LogBudget _fast = new(time);

    [LoggerMessage(1, LogLevel.Debug, "{Peer} opened on {Handler}.")]
    public partial void Opened(Peer peer, string handler);

    [LoggerMessage(2, LogLevel.Debug, "{Peer} closed: {Close}.")]
    public partial void Closed(Peer peer, CloseEvent close);

    public void MessageTooBig(Peer peer, string handler, long length, PeerOptions options)
    {
        if (_faults.TrySpend(out var suppressed)) LogMessageTooBig(length, peer, handler, options.MaxMessageSize, suppressed);
    }

    public void TooManyFragments(Peer peer, string handler, PeerOptions options)
    {
        if (_faults.TrySpend(out var suppressed)) LogTooManyFragments(peer, handler, options.MaxFragments, suppressed);
    }

    public void ProtocolBroken(Peer peer, string handler, CloseCode code, string reason)
    {
        if (_faults.TrySpend(out var suppressed)) LogProtocolBroken(peer, handler, (int)code, reason, suppressed);
    }

    public void TooSlow(Peer peer, string handler, PeerOptions options)
    {
        if (_slow.TrySpend(out var suppressed)) LogTooSlow(peer, handler, options.MaxBufferedBytes, suppressed);
    }

    public void TooLongToSend(Peer peer, string handler, int length, PeerOptions options)
    {
        if (_slow.TrySpend(out var suppressed)) LogTooLongToSend(length, peer, handler, options.MaxBufferedBytes, suppressed);
    }

    public void Stalled(Peer peer, string handler, long bytes, TimeSpan timeout)
    {
        if (_slow.TrySpend(out var suppressed)) LogStalled(peer, handler, bytes, timeout, suppressed);
    }

    public void HookSentTooMuch(Peer peer, string handler, int length, PeerOptions options)
    {
        if (_slow.TrySpend(out var suppressed)) LogHookSentTooMuch(length, peer, handler, options.MaxHookBytes, suppressed);
    }

    public void DirectSendDropped(Peer peer, string handler, int length, PeerOptions options)
    {
        if (_slow.TrySpend(out var suppressed)) LogDirectSendDropped(length, peer, handler, options.MaxBufferedBytes, suppressed);
    }

    public void TooFast(Peer peer, string handler, MessageRateOptions options)
    {
        if (_fast.TrySpend(out var suppressed)) LogTooFast(peer, handler, options.Limit, options.Period, options.GetBurst(), suppressed);
    }

    public void RefusedByLimiter(Peer peer, string handler)
    {
        if (_fast.TrySpend(out var suppressed)) LogRefusedByLimiter(peer, handler, suppressed);
    }

    public void LimiterFailed(Exception exception, Peer peer, string handler)
    {
        if (_hooks.TrySpend(out var suppressed)) LogLimiterFailed(exception, peer, handler, suppressed);
    }

    public void NoHook(Peer peer, string handler, MessageKind kind)
    {
        if (_messages.TrySpend(out var suppressed)) LogNoHook(peer, handler, kind, suppressed);
    }

    public void TooManyStreams(Peer peer, string handler, PeerOptions options)
    {
        if (_messages.TrySpend(out var suppressed)) LogTooManyStreams(peer, handler, options.MaxStreams, suppressed);
    }

    public void InvalidMessage(Peer peer, string handler, string? type, string reason)
    {
        if (_messages.TrySpend(out var suppressed)) LogInvalidMessage(peer, handler, type ?? "(none)", reason, suppressed);
    }

    public void LookFailed(Exception exception, Peer peer, string handler)
    {
        if (_faults.TrySpend(out var suppressed)) LogLookFailed(exception, peer, handler, suppressed);
    }

    public void HookFailed(Exception exception, Peer peer, string handler, string hook)
    {
        if (_hooks.TrySpend(out var suppressed)) LogHookFailed(exception, hook, handler, peer, suppressed);
    }

    [LoggerMessage(10, LogLevel.Warning, "Message of {Length:N0} bytes from {Peer} on {Handler} exceeds MaxMessageSize ({Limit:N0} bytes). Raise PeerOptions.MaxMessageSize or split the message." + LogBudget.Suppressed)]
    private partial void LogMessageTooBig(object length, Peer peer, string handler, object limit, object suppressed);

    [LoggerMessage(11, LogLevel.Warning, "A message from {Peer} on {Handler} came in more than MaxFragments ({Limit:N0}) fragments. Raise PeerOptions.MaxFragments or send larger fragments." + LogBudget.Suppressed)]
    private partial void LogTooManyFragments(Peer peer, string handler, object limit, object suppressed);

    [LoggerMessage(12, LogLevel.Information, "{Peer} on {Handler} broke the protocol ({Code}): {Reason}." + LogBudget.Suppressed)]
    private partial void LogProtocolBroken(Peer peer, string handler, object code, string reason, object suppressed);

    [LoggerMessage(30, LogLevel.Information, "{Peer} on {Handler} has read nothing for SlowPeerTimeout ({Timeout}) while {Bytes:N0} bytes wait, so it is closed (1013)." + LogBudget.Suppressed)]
    private partial void LogStalled(Peer peer, string handler, object bytes, object timeout, object suppressed);

    [LoggerMessage(31, LogLevel.Warning, "Message of {Length:N0} bytes to {Peer} on {Handler} was dropped: more than MaxHookBytes ({Limit:N0} bytes) that its own hooks sent would wait. Raise PeerOptions.MaxHookBytes, or await WaitForDrainAsync between messages." + LogBudget.Suppressed)]
    private partial void LogHookSentTooMuch(object length, Peer peer, string handler, object limit, object suppressed);

    [LoggerMessage(32, LogLevel.Warning, "Message of {Length:N0} bytes to {Peer} on {Handler} was dropped: more than MaxBufferedBytes ({Limit:N0} bytes) would wait. Raise PeerOptions.MaxBufferedBytes, or send less while Send returns Backpressured." + LogBudget.Suppressed)]
    private partial void LogDirectSendDropped(object length, Peer peer, string handler, object limit, object suppressed);

    [LoggerMessage(13, LogLevel.Warning, "{Peer} on {Handler} reads too slowly: more than MaxBufferedBytes ({Limit:N0} bytes) that others publish would wait, so it is closed (1013). Raise PeerOptions.MaxBufferedBytes, send less, or choose another SlowPeerPolicy." + LogBudget.Suppressed)]
    private partial void LogTooSlow(Peer peer, string handler, object limit, object suppressed);

    [LoggerMessage(21, LogLevel.Warning, "Message of {Length:N0} bytes to {Peer} on {Handler} exceeds MaxBufferedBytes ({Limit:N0} bytes) by itself and was not sent. Raise PeerOptions.MaxBufferedBytes or split the message." + LogBudget.Suppressed)]
    private partial void LogTooLongToSend(object length, Peer peer, string handler, object limit, object suppressed);

    [LoggerMessage(22, LogLevel.Warning, "{Peer} on {Handler} sends faster than MessageRate allows ({Limit:N0} messages in {Period}, {Burst:N0} at once), so it is closed (1013). Raise PeerOptions.MessageRate.Limit or MessageRate.Burst, or let clients send less." + LogBudget.Suppressed)]
    private partial void LogTooFast(Peer peer, string handler, object limit, object period, object burst, object suppressed);

    [LoggerMessage(23, LogLevel.Warning, "The limiter given to PeerOptions.MessageRate.UseLimiter has no permit for a message from {Peer} on {Handler}, so it is closed (1013)." + LogBudget.Suppressed)]
    private partial void LogRefusedByLimiter(Peer peer, string handler, object suppressed);

    [LoggerMessage(24, LogLevel.Error, "The limiter given to PeerOptions.MessageRate.UseLimiter failed for {Peer} on {Handler}, so it is closed (1011)." + LogBudget.Suppressed)]
    private partial void LogLimiterFailed(Exception exception, Peer peer, string handler, object suppressed);

    [LoggerMessage(14, LogLevel.Warning, "{Peer} sent a {Kind} message, for which {Handler} has no hook, so it is closed (1003). Add an [OnMessage] hook that takes string (text), bytes (binary) or Message (either), or let clients send none." + LogBudget.Suppressed)]
    private partial void LogNoHook(Peer peer, string handler, object kind, object suppressed);

    [LoggerMessage(15, LogLevel.Warning, "Message '{MessageType}' from {Peer} on {Handler} was not taken: {Reason}" + LogBudget.Suppressed)]
    private partial void LogInvalidMessage(Peer peer, string handler, string messageType, string reason, object suppressed);

    [LoggerMessage(40, LogLevel.Warning, "{Peer} on {Handler} asked for one more stream than MaxStreams ({Limit:N0}) and was refused. Raise PeerOptions.MaxStreams, or let it cancel those it no longer reads." + LogBudget.Suppressed)]
    private partial void LogTooManyStreams(Peer peer, string handler, object limit, object suppressed);

    [LoggerMessage(16, LogLevel.Error, "{Hook} of {Handler} failed for {Peer}." + LogBudget.Suppressed)]
    private partial void LogHookFailed(Exception exception, string hook, string handler, Peer peer, object suppressed);

    [LoggerMessage(17, LogLevel.Debug, "The transport of {Peer} on {Handler} failed.")]
    public partial void TransportFailed(Exception exception, Peer peer, string handler);

    [LoggerMessage(28, LogLevel.Debug, "Nothing more can be written to {Peer} on {Handler}.")]
    public partial void OutputFailed(Exception exception, Peer peer, string handler);

    [LoggerMessage(29, LogLevel.Error, "The heartbeat failed for {Peer} on {Handler}, whose connection was cut." + LogBudget.Suppressed)]
    private partial void LogLookFailed(Exception exception, Peer peer, string handler, object suppressed);

    [LoggerMessage(18, LogLevel.Information, "{Peer} on {Handler} answered nothing for KeepAliveTimeout ({Timeout}) and counts as lost.")]
    public partial void KeepAliveExpired(Peer peer, string handler, object timeout);

    [LoggerMessage(25, LogLevel.Information, "The authentication of {Peer} on {Handler} has expired, so it is closed (1008), as PeerOptions.CloseOnAuthenticationExpiration asks for.")]
    public partial void AuthenticationExpired(Peer peer, string handler);

    [LoggerMessage(26, LogLevel.Information, "{Peer} on {Handler} did not answer the close frame within CloseTimeout ({Timeout}) and was cut off.")]
    public partial void CloseUnanswered(Peer peer, string handler, object timeout);

    [LoggerMessage(27, LogLevel.Debug, "Reading from {Peer} on {Handler} stands still: more than MaxPendingBytes ({Limit:N0} bytes) wait for a hook that is pending.")]
    public partial void Paused(Peer peer, string handler, object limit);

    [LoggerMessage(19, LogLevel.Warning, "{Count} peers did not close within ShutdownTimeout and were terminated; the first is {Peer}, in its {Hook} hook.")]
    public partial void Terminated(object count, Peer peer, string hook);

    [LoggerMessage(20, LogLevel.Error, "Disposing {Handler} of {Peer} failed.")]
    public partial void DisposeFailed(Exception exception, string handler, Peer peer);
}
