using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using Peers.Observability;
using Peers.WebSockets;

namespace Peers;

/// <summary>One end of one connection, as hooks receive it. Every member is safe from any thread.</summary>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(PeerDebugView))]
public sealed class Peer
{
    // An address is short, but that of a Unix socket or of another transport may be any text.
    private const int MaxLoggedAddress = 128;

    private readonly PeerConnection _connection;

    internal Peer(PeerConnection connection) => _connection = connection;

    /// <summary>The peer's id, unique across machines and restarts.</summary>
    public PeerId Id => _connection.Id;

    /// <summary>The remote address, after forwarded headers where that middleware ran; null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    /// <summary>The state of the connection.</summary>
    public ReadyState ReadyState => _connection.ReadyState;

    /// <summary>Who the client is, as authentication found at the upgrade.</summary>
    public ClaimsPrincipal? User => _connection.User;

    /// <summary>The subprotocol that the upgrade hook chose, or null.</summary>
    public string? Subprotocol => _connection.Request?.Subprotocol;

    /// <summary>The extensions in use, as in <c>Sec-WebSocket-Extensions</c>; empty for none.</summary>
    public string Extensions => _connection.Extensions;

    /// <summary>The request headers listed in <see cref="PeerOptions.CapturedHeaders"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers => _connection.Request?.Headers ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What a transport or middleware added at the upgrade. State of your own belongs in the handler's fields.</summary>
    public PeerContext Context => _connection.Context;

    /// <summary>The host that the peer belongs to, which publishes to everyone and finds other peers.</summary>
    public PeerHost Host => _connection.Host;

    /// <summary>The names of the channels that the peer is in, as they are now.</summary>
    public IReadOnlyCollection<string> Channels => _connection.Subscriptions.Names;

    /// <summary>How many bytes wait to be written to this peer, messages shared with others in full.</summary>
    public long BufferedBytes => _connection.Output.BufferedBytes;

    /// <summary>Cancelled when the remote end has left: it sent a close frame, or the connection was lost. Hooks that wait should watch it.</summary>
    public CancellationToken Closed => _connection.Closing.Closed;

    /// <summary>A route value of the request, or null. Names are compared without regard to case.</summary>
    public string? Route(string name) => _connection.Request?.Route(name);

    /// <summary>Opens the services that one call of a hook takes. Generated code calls it, and disposes them when the hook's task has ended.</summary>
    public HookServices OpenServices(params ReadOnlySpan<Type> types) => HookServices.Open(_connection.Services, types);

    /// <summary>Sends a message to this peer.</summary>
    /// <remarks>
    /// It is written out before this returns, so it may be changed or reused at once. Each caller's messages keep their order, also with
    /// what it publishes. What one batch of hooks sends leaves together at its end.
    /// </remarks>
    /// <param name="message">The message.</param>
    /// <param name="compress">Whether to compress it, where the client agreed to that and it gets smaller by it; see <see cref="CompressionOptions"/>.</param>
    /// <returns>What became of it; after the peer has closed <see cref="SendStatus.Closed"/>, and nothing is done.</returns>
    public SendStatus Send<T>(in T message, bool compress = false) where T : IMessage<T> => _connection.Send(in message, compress);

    /// <summary>Sends text as it is. Lone surrogates become U+FFFD.</summary>
    /// <inheritdoc cref="Send{T}(in T, bool)"/>
    /// <param name="text">The text.</param>
    /// <param name="compress">Whether to compress it, where the client agreed to that and it gets smaller by it; see <see cref="CompressionOptions"/>.</param>
    public SendStatus Send(ReadOnlySpan<char> text, bool compress = false)
    {
        using var utf8 = new Utf8Text(text);
        return _connection.SendDirect(Opcode.Text, utf8.Bytes, compress, MetricTags.Text);
    }

    /// <summary>Sends text that is UTF-8 already. It is not checked: a client closes on what is not UTF-8.</summary>
    /// <inheritdoc cref="Send{T}(in T, bool)"/>
    /// <param name="text">The text.</param>
    /// <param name="compress">Whether to compress it, where the client agreed to that and it gets smaller by it; see <see cref="CompressionOptions"/>.</param>
    public SendStatus SendUtf8(ReadOnlySpan<byte> text, bool compress = false) => _connection.SendDirect(Opcode.Text, text, compress, MetricTags.Text);

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="Send{T}(in T, bool)"/>
    /// <param name="data">The data.</param>
    /// <param name="compress">Whether to compress it, where the client agreed to that and it gets smaller by it; see <see cref="CompressionOptions"/>.</param>
    public SendStatus SendBinary(ReadOnlySpan<byte> data, bool compress = false) => _connection.SendDirect(Opcode.Binary, data, compress, MetricTags.Binary);

    /// <summary>Asks the client: sends a message with a <c>$id</c> and waits for the reply, which carries it as <c>$re</c>.</summary>
    /// <remarks>
    /// The reply goes to nobody else, and does not wait for hooks: a hook may await it. But while it does, messages wait behind it, and a reply behind more than
    /// <see cref="PeerOptions.MaxPendingBytes"/> of them is not seen. Replies that come too late are dropped. What is awaited goes on elsewhere, never on the thread that reads.
    /// </remarks>
    /// <typeparam name="TRequest">What is asked.</typeparam>
    /// <typeparam name="TReply">What the client is to answer with.</typeparam>
    /// <param name="message">What is asked; written out before this returns.</param>
    /// <param name="timeout">How long to wait, kept to about a fifth of a second; <see cref="Timeout.InfiniteTimeSpan"/> for as long as the peer is there.</param>
    /// <param name="cancellationToken">Gives up; the client is not told.</param>
    /// <exception cref="TimeoutException">No reply came in time.</exception>
    /// <exception cref="PeerRequestException">The client refused, answered with something else, or has left; or the request could not be sent. <see cref="PeerRequestException.Failure"/> says which.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not positive.</exception>
    public Task<TReply> RequestAsync<TRequest, TReply>(in TRequest message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TRequest : IMessage<TRequest> where TReply : IMessage<TReply> => _connection.RequestAsync<TRequest, TReply>(in message, timeout, cancellationToken);

    /// <summary>Joins a channel. Joining twice is joining once; after the peer has left it does nothing.</summary>
    public void Subscribe<TEvent>(PeerChannel<TEvent> channel) => Subscribe(channel.Name);

    /// <summary>Joins a channel by its bare name.</summary>
    /// <inheritdoc cref="Subscribe{TEvent}(PeerChannel{TEvent})"/>
    public void Subscribe(string channel)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        _connection.Subscriptions.Add(channel);
    }

    /// <summary>Leaves a channel; does nothing where the peer is not in it.</summary>
    public void Unsubscribe<TEvent>(PeerChannel<TEvent> channel) => Unsubscribe(channel.Name);

    /// <summary>Leaves a channel by its bare name.</summary>
    /// <inheritdoc cref="Unsubscribe{TEvent}(PeerChannel{TEvent})"/>
    public void Unsubscribe(string channel)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        _connection.Subscriptions.Remove(channel);
    }

    /// <summary>Publishes a message to everyone in a channel but this peer, which need not be in it.</summary>
    /// <remarks>Encoded once, handed to every subscriber, and nobody is waited for. All subscribers get a channel's messages in one order.</remarks>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message; written out before this returns.</param>
    /// <param name="compress">Whether to compress it for those who agreed to that: once for all that share a window and take no context over.</param>
    public void Publish<TEvent, T>(PeerChannel<TEvent> channel, in T message, bool compress = false) where T : TEvent, IMessage<T> =>
        Host.Publish(channel.Name, in message, except: this, compress);

    /// <inheritdoc cref="Publish{TEvent, T}(PeerChannel{TEvent}, in T, bool)"/>
    public void Publish<T>(string channel, in T message, bool compress = false) where T : IMessage<T> => Host.Publish(channel, in message, except: this, compress);

    /// <summary>Publishes text as it is to everyone in a channel but this peer.</summary>
    public void Publish(string channel, ReadOnlySpan<char> text, bool compress = false) => Host.Publish(channel, text, except: this, compress);

    /// <summary>Publishes text that is UTF-8 already, unchecked, to everyone in a channel but this peer.</summary>
    public void PublishUtf8(string channel, ReadOnlySpan<byte> text, bool compress = false) => Host.PublishUtf8(channel, text, except: this, compress);

    /// <summary>Publishes a binary message to everyone in a channel but this peer.</summary>
    public void PublishBinary(string channel, ReadOnlySpan<byte> data, bool compress = false) => Host.PublishBinary(channel, data, except: this, compress);

    /// <summary>Waits until no more than <paramref name="threshold"/> bytes wait to be written to this peer.</summary>
    /// <returns>True when that is so, false when the peer has left.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask<bool> WaitForDrainAsync(long threshold = 0, CancellationToken cancellationToken = default) =>
        _connection.Output.WaitForDrainAsync(threshold, cancellationToken);

    /// <summary>Sends a ping, which the client answers by itself.</summary>
    /// <param name="payload">At most 125 bytes, RFC 6455 §5.5.</param>
    /// <exception cref="ArgumentException">The payload is longer.</exception>
    public void Ping(ReadOnlySpan<byte> payload = default) => _connection.Ping(payload);

    /// <summary>Closes the connection: queues the close frame behind what was sent and returns at once.</summary>
    /// <remarks>
    /// The client's answer is awaited in the background, no longer than <see cref="PeerOptions.CloseTimeout"/>. From now on <c>Send</c> returns
    /// <see cref="SendStatus.Closed"/> and messages that wait or still come are not handed to hooks. Closing twice is closing once.
    /// </remarks>
    /// <param name="code">1000 to 1003, 1007 to 1009, 1011 to 1014, or 3000 to 4999 for libraries and applications.</param>
    /// <param name="reason">Up to 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent by a server.</exception>
    /// <exception cref="ArgumentException">The reason is too long.</exception>
    public void Close(CloseCode code = CloseCode.Normal, string? reason = null)
    {
        ClosePayload.ThrowIfNotSendable(code, reason);
        _connection.Close(code, reason ?? "");
    }

    /// <summary>Cuts the connection at once; what waits is lost. The close hook sees <see cref="CloseCode.Abnormal"/>.</summary>
    public void Terminate() => _connection.Terminate();

    /// <summary>Short id, remote address and state: safe to log.</summary>
    public override string ToString()
    {
        var address = RemoteEndPoint?.ToString() ?? "no address";
        return $"Peer {Id.ToShortString()} ({LogText.Clean(address, MaxLoggedAddress)}, {ReadyState})";
    }

    internal PeerConnection Connection => _connection;
}
