using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Peers.Channels;
using Peers.Observability;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

// More than one node: the backplane's life, and what the relay needs of the host.
public sealed partial class PeerHost : IRelayOwner
{
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private ChannelRelay? _relay;
    private BackplaneLog? _backplaneLog;
    private BackplaneMetrics? _backplaneMetrics;
    private Task _retrying = Task.CompletedTask;
    private BackplaneOptions _backplaneOptions = new();

    /// <summary>The other nodes that are heard over the backplane, as they are now; none without one. This one is <see cref="Node"/>.</summary>
    public IReadOnlyList<uint> OtherNodes => _relay?.Nodes ?? [];

    /// <summary>Whether channels reach other nodes: there is a backplane, and it has been connected once.</summary>
    public bool IsClustered => _relay is { IsOpen: true };

    /// <summary>Whether nothing stands between this node and others now: the backplane's connection stands, or there is no backplane.</summary>
    public bool IsBackplaneConnected => _relay?.IsConnected ?? true;

    /// <summary>Connects the backplane; without one it does nothing. The host works before too, for this node's peers alone.</summary>
    /// <remarks>Called once, by <c>AddPeers</c> when the application starts. With <see cref="BackplaneStart.Degraded"/> it returns although the server is not there, and goes on trying.</remarks>
    /// <exception cref="BackplaneException">The server is not there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_relay is null) return;
        try
        {
            await OpenAsync(_relay, cancellationToken);
        }
        catch (BackplaneException exception) when (_backplaneOptions.OnStart == BackplaneStart.Degraded)
        {
            _backplaneLog!.Degraded(exception);
            _retrying = RetryAsync(_relay);
        }
    }

    /// <summary>Tells other nodes that this one leaves, publishes what waits as far as that takes no longer than seconds, and disconnects the backplane. Peers are not closed.</summary>
    public async Task StopAsync()
    {
        if (_relay is null) return;
        await _stopping.CancelAsync();
        await _relay.CloseAsync();
        await _retrying;
    }

    [MemberNotNull(nameof(_relay), nameof(_backplaneLog), nameof(_backplaneMetrics))]
    private void Attach(IBackplane backplane, BackplaneOptions options, SafeLogger logger)
    {
        options.Validate();
        _backplaneOptions = options;
        _backplaneLog = new(logger, backplane.Name);
        _backplaneMetrics = new(Metrics.Backplane, KindOf(backplane.Name));
        _relay = new(backplane, options, Channels, Node, Time, this);
        Channels.Relay = _relay;
    }

    private async Task OpenAsync(ChannelRelay relay, CancellationToken cancellationToken)
    {
        try
        {
            await relay.OpenAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (BackplaneException or OperationCanceledException))
        {
            throw new BackplaneException($"The backplane could not be opened: {exception.Message}", exception);
        }

        _backplaneLog!.Connected(Node);
    }

    private async Task RetryAsync(ChannelRelay relay)
    {
        for (var delay = s_firstRetry; !_stopping.IsCancellationRequested; delay = delay * 2 < s_longestRetry ? delay * 2 : s_longestRetry)
        {
            try
            {
                await Task.Delay(delay, Time, _stopping.Token);
                await OpenAsync(relay, _stopping.Token);
                ((IBackplaneSink)relay).Interrupted();
                return;
            }
            catch (BackplaneException exception)
            {
                _backplaneLog!.Degraded(exception);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    internal Task WhenSubscribed() => _relay?.WhenSubscribed() ?? Task.CompletedTask;

    // Whether a message needs to be written out at all.
    private bool IsHeard(string channel) => Channels.HasSubscribers(channel) || _relay is { IsOpen: true };

    SharedFrame IRelayOwner.Encode(string channel, in ReadOnlySequence<byte> payload, bool isBinary, bool compress)
    {
        if (payload.IsSingleSegment) return Encode(channel, payload.FirstSpan, isBinary, compress);
        var length = (int)payload.Length;
        var whole = Buffers.Rent<byte>(length);
        payload.CopyTo(whole);
        var frame = Encode(channel, whole.AsSpan(0, length), isBinary, compress);
        Buffers.Return(whole);
        return frame;
    }

    private SharedFrame Encode(string channel, ReadOnlySpan<byte> payload, bool isBinary, bool compress)
    {
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        var length = FrameWriter.WriteHeader(header, isBinary ? Opcode.Binary : Opcode.Text, fin: true, payload.Length);
        return SharedFrame.Create(channel, header[..length], payload, compress, Metrics.CountsMessages ? isBinary ? MetricTags.Binary : MetricTags.Text : null);
    }

    void IRelayOwner.Sent(long length) => _backplaneMetrics!.Sent((int)length);

    void IRelayOwner.OutgoingDropped(string channel)
    {
        _backplaneMetrics!.DroppedOutgoing();
        _backplaneLog!.OutgoingDropped(channel, _backplaneOptions.MaxOutgoingBytes);
    }

    void IRelayOwner.PublishFailed(string channel, Exception exception) => _backplaneLog!.PublishFailed(exception, channel);

    void IRelayOwner.SubscribeFailed(string channel, Exception exception) => _backplaneLog!.SubscribeFailed(exception, channel);

    void IRelayOwner.NotUnderstood(string channel) => _backplaneLog!.NotUnderstood(channel);

    void IRelayOwner.ControlDropped(uint node)
    {
        _backplaneMetrics!.DroppedIncoming();
        _backplaneLog!.ControlDropped(node, _backplaneOptions.MaxIncomingBytes);
    }

    void IRelayOwner.Received(string channel, long length) => _backplaneMetrics!.Received((int)length);

    void IRelayOwner.GapFound(in ChannelGap gap)
    {
        if (gap.Cause == ChannelGapCause.Dropped) _backplaneMetrics!.DroppedIncoming();
        _backplaneMetrics!.Gap(CauseOf(gap.Cause), gap.Last - gap.First + 1 ?? 0);
        _backplaneLog!.GapFound(gap);
    }

    void IRelayOwner.Interrupted(string? channel)
    {
        if (channel is null) _backplaneMetrics!.Reconnected();
        _backplaneLog!.Interrupted(channel);
    }

    private static string CauseOf(ChannelGapCause cause) => cause switch
    {
        ChannelGapCause.Lost => "lost",
        ChannelGapCause.Dropped => "dropped",
        ChannelGapCause.Interrupted => "interrupted",
        _ => "node_lost",
    };

    // What it is, without where: "NATS at nats://10.0.0.1:4222" is "nats".
    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "Values of tags are written small.")]
    private static string KindOf(string name) => name.Split(' ')[0].ToLowerInvariant();

    void IRelayOwner.NodeChanged(uint node, NodeChange change)
    {
        if (change == NodeChange.Joined) _backplaneLog!.NodeJoined(node);
        else if (change == NodeChange.Left) _backplaneLog!.NodeLeft(node);
        else _backplaneLog!.NodeLost(node, _backplaneOptions.NodeTimeout);
    }
}
