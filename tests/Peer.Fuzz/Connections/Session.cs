using Microsoft.Extensions.DependencyInjection;
using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>One connection from its upgrade to its end, and what must hold afterwards.</summary>
internal sealed class Session : IServiceProvider, IServiceScopeFactory, IServiceScope
{
    private const string DeflateOffer = "permessage-deflate; client_max_window_bits";

    private readonly Settings _settings;
    private readonly byte[] _stream;
    private readonly Script _script = new();
    private readonly Clock _clock = new();
    private readonly FuzzTransport _transport;
    private PeerConnection? _connection;
    private int _scopes;

    public Session(Settings settings, byte[] stream)
    {
        (_settings, _stream) = (settings, stream);
        _transport = new(stream, settings, _script, _clock);
    }

    /// <summary>Runs it and checks it.</summary>
    public void Run()
    {
        Claim.Reset();
        using var host = new PeerHost(_clock);
        using var pump = new Pump();
        pump.Run(() => ConnectAsync(host), () => _transport.Flush() || _script.Resume());
        Claim.ThrowIfBroken();
        CheckEnd(host, _connection!.Peer);
        CheckWire(Sent(_connection.Peer.Extensions));
    }

    private async Task ConnectAsync(PeerHost host)
    {
        var options = _settings.CreateOptions();
        _connection = _settings.IsTyped ? PeerConnection.Create<TypedRoom>(host, options, this) : PeerConnection.Create<RawRoom>(host, options, this);
        await _connection.UpgradeAsync(new MemoryRequest(this, DeflateOffer));
        await _connection.RunAsync(_transport);
    }

    private void CheckEnd(PeerHost host, Peer peer)
    {
        Claim.Same(ReadyState.Closed, peer.ReadyState);
        Claim.Same(0, host.PeerCount);
        Claim.Same(0, host.Count(Script.Channel));
        Claim.Same(0, peer.BufferedBytes);
        Claim.Same(0, _scopes);
        Claim.Same(1, _script.Disposed);
        Claim.That(peer.Closed.IsCancellationRequested);
        Claim.That(_script.Close is not null, "the close hook runs");
    }

    private List<Event> Sent(string extensions)
    {
        if (extensions.Length == 0) return PlainReader.Read(_transport.Written, fromClient: false, new(int.MaxValue, int.MaxValue));

        // What was compressed is beyond the plain reader.
        var contextBits = extensions.Contains("server_no_context_takeover", StringComparison.Ordinal) ? 0 : CompressionOptions.LargestWindowBits;
        using var assembler = new MessageAssembler(expectMasked: false, int.MaxValue, int.MaxValue) { Inflater = new(DeflateCodec.Default, int.MaxValue, contextBits) };
        List<Event> events = [];
        var offset = 0;
        while (assembler.Read(_transport.Written, ref offset, out var payload) is not FrameEvent.NeedMore and var found)
        {
            events.Add(found == FrameEvent.Fault ? Event.Fault(assembler.Fault.Code) : Event.Of(found, payload.Span));
            if (found is FrameEvent.Fault or FrameEvent.Close) break;
        }

        return events;
    }

    private void CheckWire(List<Event> wire)
    {
        Claim.That(wire.All(sent => sent.Kind != FrameEvent.Fault), "what is sent keeps to the protocol");
        var close = wire.FindIndex(sent => sent.Kind == FrameEvent.Close);
        if (close >= 0) Claim.Same(default, PlainReader.FaultOfClose(wire[close].Bytes));

        var isDelivered = close >= 0;
        if (!_settings.IsTyped) CheckMessages(wire, isDelivered);
        if (_settings.IsPlain) CheckAgainst(PlainReader.Read(_stream, fromClient: true, _settings.Limits), wire, isDelivered);
    }

    private void CheckMessages(List<Event> wire, bool isDelivered)
    {
        Event[] messages = [.. wire.Where(sent => sent.IsMessage)];
        if (isDelivered) Claim.SameList(_script.Sent, messages);
        else Claim.Begins(_script.Sent, messages);
    }

    private void CheckAgainst(List<Event> received, List<Event> wire, bool isDelivered)
    {
        Event[] messages = [.. received.Where(one => one.IsMessage)];
        string[] pings = [.. received.Where(one => one.Kind == FrameEvent.Ping).Select(one => one.Payload)];
        string[] pongs = [.. wire.Where(one => one.Kind == FrameEvent.Pong).Select(one => one.Payload)];
        Claim.Begins(messages, _script.Heard);
        Claim.Begins(pings, pongs);
        if (_script.HasEnded) return;

        Claim.SameList(messages, _script.Heard);
        if (isDelivered) Claim.SameList(pings, pongs);
        CheckClose(received, wire);
    }

    private void CheckClose(List<Event> received, List<Event> wire)
    {
        var last = received.LastOrDefault();
        var close = _script.Close!.Value;
        var answer = wire.LastOrDefault() is { Kind: FrameEvent.Close } frame ? frame.Payload : null;
        switch (last.Kind)
        {
            case FrameEvent.Fault:
                CheckFault(last.Code, close, answer);
                break;
            case FrameEvent.Close when PlainReader.FaultOfClose(last.Bytes) is var fault && fault != default:
                CheckFault(fault, close, answer);
                break;
            case FrameEvent.Close:
                var code = last.Payload.Length == 0 ? CloseCode.NoStatus : (CloseCode)Convert.ToInt32(last.Payload[..4], 16);
                Claim.Same((code, true, CloseInitiator.Remote), (close.Code, close.WasClean, close.Initiator));
                Claim.Same(last.Payload.Length == 0 ? "" : last.Payload[..4], answer);
                break;
            default:
                Claim.Same((CloseCode.Abnormal, false, CloseInitiator.Remote), (close.Code, close.WasClean, close.Initiator));
                Claim.Same(null, answer);
                break;
        }
    }

    private static void CheckFault(CloseCode fault, CloseEvent close, string? answer)
    {
        Claim.Same((fault, CloseInitiator.Local), (close.Code, close.Initiator));
        Claim.Same(((int)fault).ToString("X4"), answer?[..4]);
    }

    object? IServiceProvider.GetService(Type serviceType) =>
        serviceType == typeof(Script) ? _script : serviceType == typeof(IServiceScopeFactory) ? this : null;

    IServiceScope IServiceScopeFactory.CreateScope()
    {
        _scopes++;
        return this;
    }

    IServiceProvider IServiceScope.ServiceProvider => this;

    void IDisposable.Dispose() => _scopes--;

    /// <summary>How a session goes: two bytes of the input.</summary>
    /// <param name="flags">TYPED COMPRESSES TIGHT BEATS BREAKS_OFF WRITES_SLOWLY RESUMES_EARLY TAKES_OVER, lowest first.</param>
    /// <param name="cuts">For <see cref="Chops"/>.</param>
    internal readonly struct Settings(byte flags, byte cuts)
    {
        public bool IsTyped => (flags & 1) != 0;

        public bool Compresses => (flags & 2) != 0;

        public bool IsTight => (flags & 4) != 0;

        public bool Beats => (flags & 8) != 0;

        public bool BreaksOff => (flags & 16) != 0;

        public bool WritesSlowly => (flags & 32) != 0;

        public bool ResumesEarly => (flags & 64) != 0;

        public bool TakesOver => (flags & 128) != 0;

        public byte Cuts => cuts;

        public Limits Limits => IsTight ? new(300, 3) : new(64 * 1024, 1024);

        /// <summary>Whether what comes of the stream follows from the standard alone.</summary>
        public bool IsPlain => !IsTyped && !Compresses && !IsTight && !Beats;

        public PeerOptions CreateOptions()
        {
            var options = new PeerOptions
            {
                MaxMessageSize = Limits.MessageSize,
                MaxFragments = Limits.Fragments,
                CloseTimeout = TimeSpan.FromSeconds(1),
                KeepAliveInterval = TimeSpan.FromSeconds(1),
                KeepAliveTimeout = TimeSpan.FromSeconds(1),
            };
            if (IsTight) (options.MaxPendingBytes, options.MaxBufferedBytes, options.DrainThreshold) = (200, 400, 100);
            options.Compression.Enabled = Compresses;
            (options.Compression.ServerContextTakeover, options.Compression.ClientContextTakeover) = (TakesOver, TakesOver);
            return options;
        }
    }
}
