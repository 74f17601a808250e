using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.Channels;
using Peers.WebSockets;

namespace Peers;

/// <summary>A client of a <see cref="PeerTestHost"/>: sends what a browser would send and receives what it would receive.</summary>
/// <remarks>
/// Safe from any thread. It reads all the time, answers pings and the closing handshake by itself, and keeps messages until they are asked for.
/// Whatever waits does so at most for <see cref="PeerTestHost.Patience"/>. It is closed with its host; disposing it earlier is leaving.
/// </remarks>
public sealed class PeerTestClient : IAsyncDisposable
{
    private readonly PeerTestHost _host;
    private readonly PeerConnection _connection;
    private readonly ClientWire _wire;
    private readonly Task _served;
    private readonly Task _over;
    private readonly Replies _replies = new();
    private readonly Channel<Message> _inbox = Channel.CreateUnbounded<Message>();

    internal PeerTestClient(PeerTestHost host, AdmittedPeer admitted)
    {
        (_host, _connection, _served) = (host, admitted.Connection, admitted.Served);
        (Subprotocol, Headers) = (admitted.Answer.Subprotocol, admitted.Answer.Headers);
        _wire = new(admitted.Pipe, Take);
        _over = LiveAsync();
    }

    /// <summary>The server's end: the peer that the hooks get.</summary>
    public Peer Peer => _connection.Peer;

    /// <summary>The subprotocol that the upgrade hook chose, or null.</summary>
    public string? Subprotocol { get; }

    /// <summary>The headers that the upgrade hook added to its answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Completes when the connection is over, with how it ended as the client sees it: 1006 where no close frame came. Never faults. To wait with <see cref="PeerTestHost.Patience"/> use <see cref="ReceiveCloseAsync"/>.</summary>
    public Task<CloseEvent> Closed => _wire.Closed;

    /// <summary>Sends a message. Sending never waits for the server: what it does not read yet is kept.</summary>
    /// <exception cref="PeerTestClosedException">The connection is over, or this client has begun to close it.</exception>
    public Task SendAsync<T>(in T message) where T : IMessage<T> => Send(Opcode.Text, MessageSerializer.ToUtf8(in message));

    /// <summary>Sends text as it is.</summary>
    /// <inheritdoc cref="SendAsync{T}(in T)" path="/exception"/>
    public Task SendAsync(string text) => Send(Opcode.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="SendAsync{T}(in T)" path="/exception"/>
    public Task SendBinaryAsync(ReadOnlyMemory<byte> data) => Send(Opcode.Binary, data.Span);

    /// <summary>Sends a message with a <c>$id</c> and waits for the reply that carries it. Other messages stay where they are.</summary>
    /// <param name="request">The message.</param>
    /// <param name="timeout">How long to wait, in real time; <see cref="PeerTestHost.Patience"/> where it is left out.</param>
    /// <exception cref="PeerTestRequestException">The reply is an error.</exception>
    /// <exception cref="PeerTestException">The reply is another message.</exception>
    /// <exception cref="PeerTestClosedException">The connection is over.</exception>
    /// <exception cref="TimeoutException">No reply came.</exception>
    public Task<TReply> RequestAsync<TRequest, TReply>(in TRequest request, TimeSpan? timeout = null) where TRequest : IMessage<TRequest> where TReply : IMessage<TReply>
    {
        var (id, replies) = _replies.Begin();

        // Where it cannot be sent the connection ends, and the reply with it.
        _wire.TrySend(Opcode.Text, Replies.Write(in request, Replies.Token(id), isRequest: true));
        return ReadReplyAsync<TReply>(replies, TRequest.Type, timeout);
    }

    /// <summary>Sends a message with a <c>$id</c> to a hook that answers with a stream. The items go to the stream; other messages stay where they are.</summary>
    /// <param name="request">The message; it is sent at once.</param>
    public PeerTestStream<TItem> RequestStream<TRequest, TItem>(in TRequest request) where TRequest : IMessage<TRequest> where TItem : IMessage<TItem>
    {
        var (id, replies) = _replies.Begin(isStream: true);
        _wire.TrySend(Opcode.Text, Replies.Write(in request, Replies.Token(id), isRequest: true));
        return new(this, replies, TRequest.Type, id);
    }

    /// <summary>Takes the next message, which must be a <typeparamref name="T"/> that the server wants an answer to: <c>Peer.RequestAsync</c>.</summary>
    /// <inheritdoc cref="ReceiveAsync{T}(TimeSpan?)"/>
    public async Task<PeerTestQuestion<T>> ReceiveRequestAsync<T>(TimeSpan? timeout = null) where T : IMessage<T>
    {
        var what = $"a request '{T.Type}'";
        var message = await TakeNextAsync(_inbox.Reader, what, timeout);
        if (!TryRead<T>(message, out var value, out var why)) throw Unexpected(what, message, why);
        MessageEnvelope.TryScan(message.Payload.Span, out _, out var id, out _);
        return id.IsEmpty ? throw Unexpected(what, message, "It has no $id to answer.") : new(this, value, id.ToArray());
    }

    /// <summary>Takes the next message, which must be a <typeparamref name="T"/>.</summary>
    /// <param name="timeout">How long to wait, in real time; <see cref="PeerTestHost.Patience"/> where it is left out.</param>
    /// <exception cref="PeerTestException">Something else came; it is taken.</exception>
    /// <exception cref="PeerTestClosedException">The connection is over, and all that came was taken.</exception>
    /// <exception cref="TimeoutException">Nothing came.</exception>
    public async Task<T> ReceiveAsync<T>(TimeSpan? timeout = null) where T : IMessage<T>
    {
        var message = await TakeNextAsync(_inbox.Reader, $"'{T.Type}'", timeout);
        return TryRead<T>(message, out var value, out var why) ? value : throw Unexpected($"'{T.Type}'", message, why);
    }

    /// <summary>Takes messages up to and with the next <typeparamref name="T"/>, which it returns.</summary>
    /// <inheritdoc cref="ReceiveAsync{T}(TimeSpan?)"/>
    public async Task<T> SkipToAsync<T>(TimeSpan? timeout = null) where T : IMessage<T>
    {
        using var patience = Patience(timeout);
        var skipped = "";
        while (true)
        {
            var message = await TakeNextAsync(_inbox.Reader, $"'{T.Type}'{skipped}", patience);
            if (TryRead<T>(message, out var value, out var why)) return value;
            if (TypeOf(message) == T.Type) throw Unexpected($"'{T.Type}'", message, why);
            skipped += $"{(skipped.Length == 0 ? ", past " : ", ")}{Show(message)}";
        }
    }

    /// <summary>Takes the next message, whatever it is. Its payload is the caller's.</summary>
    /// <inheritdoc cref="ReceiveAsync{T}(TimeSpan?)"/>
    public Task<Message> ReceiveAsync(TimeSpan? timeout = null) => TakeNextAsync(_inbox.Reader, "a message", timeout);

    /// <summary>Takes the next message, which must be text.</summary>
    /// <inheritdoc cref="ReceiveAsync{T}(TimeSpan?)"/>
    public async Task<string> ReceiveTextAsync(TimeSpan? timeout = null)
    {
        var message = await TakeNextAsync(_inbox.Reader, "text", timeout);
        return message.Kind == MessageKind.Text ? message.Text() : throw Unexpected("text", message, why: null);
    }

    /// <summary>Takes the next message, which must be binary.</summary>
    /// <inheritdoc cref="ReceiveAsync{T}(TimeSpan?)"/>
    public async Task<byte[]> ReceiveBinaryAsync(TimeSpan? timeout = null)
    {
        var message = await TakeNextAsync(_inbox.Reader, "a binary message", timeout);
        return message.Kind == MessageKind.Binary ? message.Payload.ToArray() : throw Unexpected("a binary message", message, why: null);
    }

    /// <summary>Waits for the end of the connection, which somebody else brings about. Messages that came stay.</summary>
    /// <param name="timeout">How long to wait, in real time; <see cref="PeerTestHost.Patience"/> where it is left out.</param>
    /// <returns>How it ended, as the client sees it: 1006 where no close frame came.</returns>
    /// <exception cref="TimeoutException">The connection is still there.</exception>
    public Task<CloseEvent> ReceiveCloseAsync(TimeSpan? timeout = null) => InTime(_wire.Closed, "the end of the connection", timeout);

    /// <summary>Takes the next message if it is there already. Waits for nothing: <see cref="PingAsync"/> before it makes sure of what the server has sent.</summary>
    public bool TryReceive(out Message message) => _inbox.Reader.TryRead(out message);

    /// <summary>Makes sure that nothing comes: all that any client sent is dealt with, and no message waits here.</summary>
    /// <remarks>It waits as <see cref="PeerTestHost.SettleAsync"/> does, not for time to pass.</remarks>
    /// <exception cref="PeerTestException">There is a message; it is taken.</exception>
    /// <exception cref="TimeoutException">A hook does not end, so that nobody can know what it will send.</exception>
    public async Task ReceiveNothingAsync()
    {
        await _host.SettleAsync();
        if (TryReceive(out var message)) throw Unexpected("nothing", message, why: null);
    }

    /// <summary>Sends a ping and waits for its pong: what the server sent before has come then. While a hook awaits, pings are answered.</summary>
    /// <param name="payload">At most 125 bytes.</param>
    /// <exception cref="PeerTestClosedException">The connection is over.</exception>
    /// <exception cref="TimeoutException">No pong came.</exception>
    public async Task PingAsync(ReadOnlyMemory<byte> payload = default)
    {
        if (payload.Length > FrameRules.MaxControlPayload) throw new ArgumentException("The payload of a ping has at most 125 bytes (RFC 6455 §5.5).", nameof(payload));
        if (!await InTime(_wire.PingAsync(payload), "a pong")) throw await OverAsync("a ping could be answered");
    }

    /// <summary>Stops reading, as a client does that is slow or has gone silent: messages wait at the server, pings and close frames stay unanswered.</summary>
    public void PauseReading() => _wire.Pause();

    /// <summary>Reads on.</summary>
    public void ResumeReading() => _wire.Resume();

    /// <summary>Closes the connection and waits for the server's close frame and until its close hook has run.</summary>
    /// <param name="code">A code that a client may send; <see cref="CloseCode.NoStatus"/> for a close frame without any.</param>
    /// <param name="reason">At most 123 bytes of UTF-8.</param>
    /// <returns>How it ended, as the client sees it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent.</exception>
    /// <exception cref="TimeoutException">The server does not answer, or a hook does not end.</exception>
    public Task<CloseEvent> CloseAsync(CloseCode code = CloseCode.Normal, string? reason = null)
    {
        if (code != CloseCode.NoStatus && !ClosePayload.MayBeSent(code)) throw new ArgumentOutOfRangeException(nameof(code), code, $"Close code {(int)code} may not be sent.");
        _wire.Resume();
        _wire.Close(code, reason);
        return WhenLeft();
    }

    /// <summary>Cuts the connection, as a network that fails, and waits until the close hook has run, which sees 1006.</summary>
    /// <exception cref="TimeoutException">A hook does not end.</exception>
    public Task<CloseEvent> DropAsync()
    {
        _wire.Drop();
        return WhenLeft();
    }

    /// <summary>Leaves as a page does that is closed (1001), unless the connection is over. The close hook need not have run by then: <see cref="CloseAsync"/> waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        _wire.Resume();
        _wire.Close(CloseCode.GoingAway, reason: null);

        // A test that fails shows why it failed, not what came of it.
        await ((Task)_wire.Closed).WaitAsync(_host.Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The peer and what state it is in.</summary>
    public override string ToString() => Peer.ToString();

    /// <summary>Completes when both ends are done with the connection.</summary>
    internal Task WhenOver => _over;

    internal bool IsPaused => _wire.IsPaused;

    internal bool IsGivenUp => _connection.IsGivenUp;

    /// <summary>Completes when what was sent has been given to the server's hooks, and all that the server sent has come.</summary>
    internal async Task RoundTripAsync()
    {
        // Where the connection ends instead, all has come too; the server reads to the end of what was sent.
        if (!await InTime(_wire.PingAsync(default), "a pong")) await WhenLeft();
    }

    /// <summary>Completes when no hook of this peer runs or waits.</summary>
    internal Task WhenIdleAsync() => InTime(Task.WhenAny(_connection.WhenIdle, _served), "the end of its hooks");

    /// <summary>Waits as long as the host has patience.</summary>
    internal async Task InTime(Task task, string what)
    {
        try
        {
            await task.WaitAsync(_host.Patience);
        }
        catch (TimeoutException)
        {
            throw NotInTime(what);
        }
    }

    /// <summary>Takes the next message of those that came for the client or for one of its requests.</summary>
    internal async Task<Message> TakeNextAsync(ChannelReader<Message> from, string what, TimeSpan? timeout)
    {
        using var patience = Patience(timeout);
        return await TakeNextAsync(from, what, patience);
    }

    /// <summary>Reads what came for a stream.</summary>
    /// <returns>False where it is the end.</returns>
    internal bool ReadItem<T>(Message message, string what, string request, [MaybeNullWhen(false)] out T item) where T : IMessage<T>
    {
        if (TryRead(message, out item, out var why)) return true;
        ThrowIfError(message, request);
        if (ReplyEnvelope.TryRead(message.Payload.Span, out var envelope) && envelope.Kind == ReplyKind.End) return false;
        throw Unexpected(what, message, why);
    }

    /// <summary>Says that no more of a stream is wanted. Where that cannot be sent, the connection ends and the stream with it.</summary>
    internal void Cancel(long id) => _wire.TrySend(Opcode.Text, [.. "{\"type\":\"$cancel\",\"$id\":"u8, .. Replies.Token(id), .. "}"u8]);

    internal Task SendJson(ReadOnlySpan<byte> utf8) => Send(Opcode.Text, utf8);

    private async Task LiveAsync()
    {
        _host.Add(this);
        await _wire.RunAsync();
        _inbox.Writer.Complete();
        _replies.End();
        _host.NoteActivity();
        await _served;

        // The close hook may have published, after what the client saw of the end.
        _host.NoteActivity();
        _host.Remove(this);
    }

    private void Take(Message message)
    {
        if (!_replies.TryTake(message)) _inbox.Writer.TryWrite(message);
        _host.NoteActivity();
    }

    private Task Send(Opcode opcode, ReadOnlySpan<byte> payload) =>
        _wire.TrySend(opcode, payload) ? Task.CompletedTask : Task.FromException(Over("could be sent", _wire.Closed.IsCompleted ? _wire.Closed.Result : null));

    private async Task<Message> TakeNextAsync(ChannelReader<Message> from, string what, CancellationTokenSource patience)
    {
        try
        {
            return await from.ReadAsync(patience.Token);
        }
        catch (ChannelClosedException)
        {
            throw await OverAsync($"{what} came");
        }
        catch (OperationCanceledException)
        {
            throw NotInTime(what);
        }
    }

    private async Task<TReply> ReadReplyAsync<TReply>(ChannelReader<Message> replies, string request, TimeSpan? timeout) where TReply : IMessage<TReply>
    {
        var expected = $"the reply '{TReply.Type}' to '{request}'";
        var message = await TakeNextAsync(replies, expected, timeout);
        if (TryRead<TReply>(message, out var reply, out var why)) return reply;
        ThrowIfError(message, request);
        throw Unexpected(expected, message, why);
    }

    private void ThrowIfError(Message message, string request)
    {
        if (!ReplyEnvelope.TryRead(message.Payload.Span, out var envelope) || envelope.Kind != ReplyKind.Error) return;
        throw new PeerTestRequestException($"'{request}' was answered with the error '{envelope.Code}': {envelope.Text}", envelope.Code, _host.FailureOf(Peer));
    }

    private static bool TryRead<T>(Message message, [MaybeNullWhen(false)] out T value, out string? why) where T : IMessage<T>
    {
        (value, why) = (default, null);
        if (message.Kind != MessageKind.Text) return false;
        if (MessageSerializer.TryRead(message.Payload.Span, out value, out var error)) return true;
        if (TypeOf(message) == T.Type) why = error.ToString();
        return false;
    }

    private static string? TypeOf(Message message) =>
        message.Kind == MessageKind.Text && MessageEnvelope.TryReadType(message.Payload.Span, out var type, out _) ? Encoding.UTF8.GetString(type) : null;

    private async Task<CloseEvent> WhenLeft()
    {
        await InTime(WhenOver, "the end of the connection");
        return await _wire.Closed;
    }

    private CancellationTokenSource Patience(TimeSpan? timeout) => new(timeout ?? _host.Patience);

    private async Task<T> InTime<T>(Task<T> task, string what, TimeSpan? timeout = null)
    {
        try
        {
            return await task.WaitAsync(timeout ?? _host.Patience);
        }
        catch (TimeoutException)
        {
            throw NotInTime(what);
        }
    }

    private TimeoutException NotInTime(string what)
    {
        var hook = _connection.PendingHook is { } pending ? $" A hook of the peer has not ended: {pending}." : "";
        var paused = IsPaused ? " The client does not read: see ResumeReading." : "";
        return new($"{Peer} waited in vain for {what}.{hook}{paused}", _host.FailureOf(Peer));
    }

    private static PeerTestException Unexpected(string what, Message message, string? why) =>
        new($"Expected {what}, but {Show(message)} came.{(why is null ? "" : $" It does not fit: {why}")}");

    private static string Show(Message message) => message.Kind == MessageKind.Text ? message.Text() : message.ToString();

    private async Task<PeerTestClosedException> OverAsync(string whatDidNot) => Over(whatDidNot, await _wire.Closed);

    private PeerTestClosedException Over(string whatDidNot, CloseEvent? close) => new(
        $"The connection was closed before {whatDidNot}: {close?.ToString() ?? "this client closes it"}", close ?? new(CloseCode.NoStatus, "", false, CloseInitiator.Local), _host.FailureOf(Peer));
}
