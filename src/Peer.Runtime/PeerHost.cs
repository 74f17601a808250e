using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Peers.Channels;
using Peers.Observability;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

/// <summary>All peers and channels of one application, for whoever stands outside the hooks. Safe from any thread.</summary>
/// <remarks>
/// A singleton of the service container: take it by injection, or from <see cref="Peer.Host"/>. From its making to <see cref="Dispose"/> it has a thread for its heartbeat, where its clock is the system's.
/// </remarks>
[DebuggerDisplay("{PeerCount} peers, {Channels.Count} channels")]
[DebuggerTypeProxy(typeof(HostDebugView))]
public sealed partial class PeerHost : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(200);

    private readonly PeerRegistry _connections = new();
    private readonly ConcurrentDictionary<string, PeerEnvironment> _environments = new(StringComparer.Ordinal);
    private readonly Pulse _heartbeat;

    /// <summary>Makes a host without peers.</summary>
    /// <param name="time">The clock of all timeouts.</param>
    /// <param name="loggers">Where it logs, under the category <c>Peers</c>.</param>
    /// <param name="meters">Who makes its meter, <c>Peers</c>; a meter of its own where it is left out.</param>
    /// <param name="backplane">What carries channels to other nodes, for this host alone; null for one node. It is used from <see cref="StartAsync"/> on.</param>
    /// <param name="backplaneOptions">How it is used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value of <paramref name="backplaneOptions"/> is out of its bounds.</exception>
    public PeerHost(TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null, IBackplane? backplane = null, BackplaneOptions? backplaneOptions = null)
    {
        Metrics = new(meters, _connections);
        Time = time ?? TimeProvider.System;
        var logger = new SafeLogger((loggers ?? NullLoggerFactory.Instance).CreateLogger("Peers"), Time);
        Log = new(logger);
        if (backplane is not null) Attach(backplane, backplaneOptions ?? new(), logger);
        Looks = new(_connections, Now, TicksOf(s_beat));
        _heartbeat = new(Time, s_beat, "Peer heartbeat", Beat);
    }

    /// <summary>The number of this node in the ids of its peers; random.</summary>
    public uint Node { get; } = PeerId.CreateNode();

    /// <summary>The peers that are connected, as they are now. Enumerating takes no lock.</summary>
    public IEnumerable<Peer> Peers
    {
        get
        {
            foreach (var connection in _connections) yield return connection.Peer;
        }
    }

    /// <summary>How many peers are connected.</summary>
    public int PeerCount => _connections.Count;

    /// <summary>Whether hooks see what flows with whoever has them run: for tests, whose output finds its place by that.</summary>
    internal bool KeepsContext { get; init; }

    internal TimeProvider Time { get; }

    internal long Now => Time.GetTimestamp();

    /// <summary>When the next heartbeat is about to be: the time of what comes before it, for those who need no better clock.</summary>
    internal long NextBeat => Looks.NextBeat;

    internal PeerLog Log { get; }

    internal PeerMetrics Metrics { get; }

    internal ChannelRegistry Channels { get; } = new();

    internal LookSchedule Looks { get; }

    /// <summary>The peer of that id, if it is connected here.</summary>
    public Peer? Find(PeerId id) => _connections.Find(id)?.Peer;

    /// <summary>How many peers are in a channel.</summary>
    public int Count<TEvent>(PeerChannel<TEvent> channel) => Count(channel.Name);

    /// <summary>How many peers are in a channel.</summary>
    public int Count(string channel) => Channels.CountOf(channel);

    /// <summary>Publishes a message to everyone in a channel.</summary>
    /// <remarks>
    /// Encoded once, handed to every subscriber, and nobody is waited for. All subscribers of a node get a channel's messages in one order. With a backplane it reaches
    /// other nodes too, after this one, at most once, in order for each node that publishes.
    /// </remarks>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message; written out before this returns.</param>
    /// <param name="except">Who is left out, or null: a peer of this host.</param>
    /// <param name="compress">Whether to compress it for those who agreed to that: once for all that share a window and take no context over.</param>
    public void Publish<TEvent, T>(PeerChannel<TEvent> channel, in T message, Peer? except = null, bool compress = false) where T : TEvent, IMessage<T> =>
        Publish(channel.Name, in message, except, compress);

    /// <inheritdoc cref="Publish{TEvent, T}(PeerChannel{TEvent}, in T, Peer?, bool)"/>
    public void Publish<T>(string channel, in T message, Peer? except = null, bool compress = false) where T : IMessage<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        if (!IsHeard(channel))
        {
            if (Metrics.MeasuresPublishes) Metrics.Published(T.Type, peers: 0);
            return;
        }

        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.Write(in message);
            Publish(channel, Opcode.Text, buffer.PayloadSpan, except, compress, T.Type);
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Publishes text as it is to everyone in a channel. Lone surrogates become U+FFFD.</summary>
    /// <inheritdoc cref="Publish{TEvent, T}(PeerChannel{TEvent}, in T, Peer?, bool)"/>
    /// <param name="channel">The channel.</param>
    /// <param name="text">The text.</param>
    /// <param name="except">Who is left out, or null.</param>
    /// <param name="compress">Whether to compress it for those who agreed to that: once for all that share a window and take no context over.</param>
    public void Publish(string channel, ReadOnlySpan<char> text, Peer? except = null, bool compress = false)
    {
        using var utf8 = new Utf8Text(text);
        Publish(channel, Opcode.Text, utf8.Bytes, except, compress, MetricTags.Text);
    }

    /// <summary>Publishes text that is UTF-8 already, unchecked, to everyone in a channel.</summary>
    public void PublishUtf8(string channel, ReadOnlySpan<byte> text, Peer? except = null, bool compress = false) => Publish(channel, Opcode.Text, text, except, compress, MetricTags.Text);

    /// <summary>Publishes a binary message to everyone in a channel.</summary>
    public void PublishBinary(string channel, ReadOnlySpan<byte> data, Peer? except = null, bool compress = false) => Publish(channel, Opcode.Binary, data, except, compress, MetricTags.Binary);

    /// <summary>Closes every peer and waits until their close hooks have run.</summary>
    /// <param name="code">What they are told; by default that the server restarts, so that they come back.</param>
    /// <param name="timeout">After how long those that are left are terminated; 10 seconds where it is left out.</param>
    /// <remarks>A hook that is given up keeps its handler, scope and payload until it ends; then the close hook runs.</remarks>
    /// <returns>Completes when no peer is left, or has been given up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent by a server.</exception>
    public async Task CloseAllAsync(CloseCode code = CloseCode.ServiceRestart, TimeSpan? timeout = null)
    {
        ClosePayload.ThrowIfNotSendable(code, reason: null);
        PeerConnection[] connections = [.. _connections];
        var ended = CloseAsync(connections, code);
        try
        {
            await ended.WaitAsync(timeout ?? TimeSpan.FromSeconds(10), Time);
        }
        catch (TimeoutException)
        {
            TerminateRest(connections);
        }
    }

    /// <summary>Stops the heartbeat. Peers are not closed: <see cref="CloseAllAsync"/> does that; nor is the backplane: <see cref="StopAsync"/> does.</summary>
    public void Dispose()
    {
        _heartbeat.Dispose();
        Metrics.Dispose();
    }

    /// <summary>As <see cref="StopAsync"/> and then <see cref="Dispose"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Dispose();
    }

    /// <summary>Closes every peer for a server that takes no more, and waits until their close hooks have run and <paramref name="noneLeft"/> completes.</summary>
    /// <param name="code">The code of the close frames.</param>
    /// <param name="timeout">How long to wait before the peers that are left are terminated, those included that opened during the wait.</param>
    /// <param name="noneLeft">Completes when the server runs no peer and admits none. The server closes a peer itself that opens after this call.</param>
    /// <param name="giveUp">Cancelled when the host's own time is over: ends the wait as the timeout does.</param>
    /// <returns>How many peers were terminated.</returns>
    internal async Task<int> ShutDownAsync(CloseCode code, TimeSpan timeout, Task noneLeft, CancellationToken giveUp)
    {
        var ended = CloseAsync([.. _connections], code);
        try
        {
            await Task.WhenAll(ended, noneLeft).WaitAsync(timeout, Time, giveUp);
            return 0;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return TerminateRest(_connections);
        }
    }

    // An endpoint makes new options where its configuration changed: then there is a new environment too. Handlers of one name in several namespaces take turns.
    internal PeerEnvironment EnvironmentOf(PeerHandlerInfo info, PeerOptions options, IServiceProvider services)
    {
        if (_environments.TryGetValue(info.Name, out var known) && ReferenceEquals(known.Info, info) && known.Options == options && known.Services == services) return known;
        return _environments[info.Name] = new(this, options, info, services);
    }

    internal void Add(PeerConnection connection)
    {
        if (_connections.TryAdd(connection)) connection.Metrics.PeerOpened();
        Attend(connection);
    }

    /// <summary>Has the next heartbeat look at a connection: something came up for which there may be little time.</summary>
    internal void Attend(PeerConnection connection) => Looks.Attend(connection);

    /// <summary>A time in units of <see cref="Now"/>; as good as for ever where it is very long.</summary>
    internal long TicksOf(TimeSpan time) => (long)Math.Min(time.TotalSeconds * Time.TimestampFrequency, long.MaxValue / 2);

    internal void Remove(PeerConnection connection)
    {
        if (_connections.TryRemove(connection)) connection.Metrics.PeerLeft();
    }

    // A publish that reaches nobody is one of width zero.
    private bool HasSubscribers(string channel, string type)
    {
        if (Channels.HasSubscribers(channel)) return true;
        if (Metrics.MeasuresPublishes) Metrics.Published(type, peers: 0);
        return false;
    }

    // Who joins or leaves at the same moment may be missing or too many.
    private int WidthOf(string channel, Peer? except) => Channels.CountOf(channel) - (except?.Connection.Subscriptions.Contains(channel) == true ? 1 : 0);

    private void Publish(string channel, Opcode opcode, ReadOnlySpan<byte> payload, Peer? except, bool compress, string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        if (HasSubscribers(channel, type)) PublishHere(channel, opcode, payload, except, compress, type);
        _relay?.Publish(channel, payload, isBinary: opcode == Opcode.Binary, compress);
    }

    private void PublishHere(string channel, Opcode opcode, ReadOnlySpan<byte> payload, Peer? except, bool compress, string type)
    {
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        header = header[..FrameWriter.WriteHeader(header, opcode, fin: true, payload.Length)];
        using var turn = Turn.Enter();
        Channels.Publish(turn, channel, header, payload, except?.Connection.Output, compress, Metrics.CountsMessages ? type : null);
        if (Metrics.MeasuresPublishes) Metrics.Published(type, WidthOf(channel, except));
        turn.Relieve();
    }

    private static Task CloseAsync(PeerConnection[] connections, CloseCode code)
    {
        foreach (var connection in connections) connection.Close(code, "");
        return Task.WhenAll(connections.Select(connection => connection.WhenEnded));
    }

    private int TerminateRest(IEnumerable<PeerConnection> connections)
    {
        var left = connections.Where(connection => !connection.WhenEnded.IsCompleted).ToArray();
        string? hook = null;
        foreach (var connection in left) hook = connection.Abandon() ?? hook;
        if (left.Length > 0) Log.Terminated(left.Length, left[0].Peer, hook ?? "(none)");
        return left.Length;
    }

    private void Beat()
    {
        var now = Now;
        Looks.Beat(now);
        _relay?.Beat(now);
    }
}
