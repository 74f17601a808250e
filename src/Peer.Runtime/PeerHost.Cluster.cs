using Peers.Channels;
using Peers.Observability;
using Peers.WebSockets;

namespace Peers;

// Questions across nodes. Each node answers for its own peers; who does not answer in time is named.
public sealed partial class PeerHost
{
    /// <summary>What one node asks another; the first byte of the question.</summary>
    private enum ClusterQuestion : byte
    {
        Count = 1,
        List = 2,
        Send = 3,
        Close = 4,
    }

    /// <summary>How many peers are in a channel, on all nodes.</summary>
    /// <inheritdoc cref="CountAsync(string, TimeSpan?, CancellationToken)"/>
    public Task<ChannelCount> CountAsync<TEvent>(PeerChannel<TEvent> channel, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        CountAsync(channel.Name, timeout, cancellationToken);

    /// <summary>How many peers are in a channel, on all nodes.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="timeout">How long to wait for answers; <see cref="BackplaneOptions.AnswerTimeout"/> where it is left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The sum of the nodes that answered, and which did not. Each counted at a moment of its own.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ChannelCount> CountAsync(string channel, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        var answers = await AskAllAsync(ClusterQuestion.Count, channel, timeout, cancellationToken);
        var count = Count(channel);
        foreach (var (_, answer) in answers.ByNode) count += new ControlReader(answer).Int32();
        return new(count, [Node, .. answers.ByNode.Keys], answers.Missing);
    }

    /// <summary>Which peers are in a channel, on all nodes.</summary>
    /// <inheritdoc cref="ListAsync(string, TimeSpan?, CancellationToken)"/>
    public Task<ChannelList> ListAsync<TEvent>(PeerChannel<TEvent> channel, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ListAsync(channel.Name, timeout, cancellationToken);

    /// <summary>Which peers are in a channel, on all nodes.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="timeout">How long to wait for answers; <see cref="BackplaneOptions.AnswerTimeout"/> where it is left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The peers of the nodes that answered, in no order, and which nodes did not. Each looked at a moment of its own.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ChannelList> ListAsync(string channel, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        var answers = await AskAllAsync(ClusterQuestion.List, channel, timeout, cancellationToken);
        List<PeerId> peers = [.. Channels.MembersOf(channel).Select(static member => member.Id)];
        foreach (var (_, answer) in answers.ByNode) ReadIds(answer, peers);
        return new(peers, [Node, .. answers.ByNode.Keys], answers.Missing);
    }

    /// <summary>Sends a message to a peer on any node.</summary>
    /// <remarks>In the order of the calls, as far as each is awaited before the next. It may have arrived although the answer did not.</remarks>
    /// <param name="peer">The peer; its id names its node.</param>
    /// <param name="message">The message; written out before this returns.</param>
    /// <param name="timeout">How long to wait for the other node's answer; <see cref="BackplaneOptions.AnswerTimeout"/> where it is left out.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What became of it on the peer's node; <see cref="SendStatus.Closed"/> where the peer is not there.</returns>
    /// <exception cref="TimeoutException">The peer's node did not answer: it may be gone, and the peer with it.</exception>
    /// <exception cref="BackplaneException">It was not done, because too much waits between the nodes: <see cref="BackplaneOptions.MaxIncomingBytes"/> there, or <see cref="BackplaneOptions.MaxOutgoingBytes"/> here.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<SendStatus> SendAsync<T>(PeerId peer, in T message, TimeSpan? timeout = null, CancellationToken cancellationToken = default) where T : IMessage<T>
    {
        if (peer.Node == Node) return Task.FromResult(Find(peer)?.Send(in message) ?? SendStatus.Closed);
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.Write(in message);
            return SendPayloadAsync(peer, Question(ClusterQuestion.Send, peer).Write(buffer.PayloadSpan), timeout, cancellationToken);
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Closes a peer on any node, as <see cref="Peer.Close"/> does.</summary>
    /// <param name="peer">The peer; its id names its node.</param>
    /// <param name="code">The code.</param>
    /// <param name="reason">Up to 123 bytes of UTF-8.</param>
    /// <param name="timeout">How long to wait for the other node's answer; <see cref="BackplaneOptions.AnswerTimeout"/> where it is left out.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether the peer was there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent by a server.</exception>
    /// <exception cref="ArgumentException">The reason is too long.</exception>
    /// <exception cref="TimeoutException">The peer's node did not answer: it may be gone, and the peer with it.</exception>
    /// <exception cref="BackplaneException">It was not done, because too much waits between the nodes: <see cref="BackplaneOptions.MaxIncomingBytes"/> there, or <see cref="BackplaneOptions.MaxOutgoingBytes"/> here.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> CloseAsync(PeerId peer, CloseCode code = CloseCode.Normal, string? reason = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ClosePayload.ThrowIfNotSendable(code, reason);
        if (peer.Node == Node) return Close(peer, code, reason ?? "");
        var answer = await AskAsync(peer, Question(ClusterQuestion.Close, peer).Write((int)code).Write(reason ?? ""), timeout, cancellationToken);
        return answer is [1, ..];
    }

    private Task<Answers> AskAllAsync(ClusterQuestion question, string channel, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (_relay is null) return Task.FromResult(new Answers(new Dictionary<uint, byte[]>(), [], new Dictionary<uint, int>()));
        var written = new ControlWriter((ControlKind)question).Write(channel).Written.ToArray();
        return _relay.AskAsync(node: null, written, timeout ?? _backplaneOptions.AnswerTimeout, cancellationToken);
    }

    private async Task<SendStatus> SendPayloadAsync(PeerId peer, ControlWriter question, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(peer, question, timeout, cancellationToken);
        return answer is [var status, ..] ? (SendStatus)status : SendStatus.Closed;
    }

    // Empty where nobody can answer.
    private async Task<byte[]> AskAsync(PeerId peer, ControlWriter question, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (_relay is null) return [];
        var answers = await _relay.AskAsync(peer.Node, question.Written.ToArray(), timeout ?? _backplaneOptions.AnswerTimeout, cancellationToken);
        if (answers.ByNode.TryGetValue(peer.Node, out var answer)) return answer;
        if (answers.Refused.TryGetValue(peer.Node, out var limit)) throw Refused(peer.Node, limit);
        throw new TimeoutException($"Node {peer.Node:x8}, which peer {peer.ToShortString()} is or was connected to, did not answer.");
    }

    private static BackplaneException Refused(uint node, int limit) => new(
        $"Node {node:x8} did not take what was asked of it: more than MaxIncomingBytes ({limit:N0} bytes) from other nodes would wait there. Raise BackplaneOptions.MaxIncomingBytes, or send less from node to node.");

    void IRelayOwner.Answer(uint node, ReadOnlySpan<byte> question, ControlWriter answer)
    {
        var reader = new ControlReader(question);
        switch ((ClusterQuestion)reader.Byte())
        {
            case ClusterQuestion.Count:
                answer.Write(Channels.CountOf(reader.Text()));
                break;
            case ClusterQuestion.List:
                foreach (var member in Channels.MembersOf(reader.Text())) WriteId(answer, member.Id);
                break;
            case ClusterQuestion.Send:
                var addressee = Find(ReadId(ref reader));
                answer.Write((byte)(addressee?.Connection.SendDirect(Opcode.Text, reader.Rest, compress: false, MetricTags.Text) ?? SendStatus.Closed));
                break;
            case ClusterQuestion.Close:
                var (peer, code) = (ReadId(ref reader), (CloseCode)reader.Int32());
                var reason = reader.Text();
                answer.Write(!reader.IsBroken && TryClose(peer, code, reason) ? (byte)1 : (byte)0);
                break;
        }
    }

    // What another node asks for may be nothing that can be sent.
    private bool TryClose(PeerId id, CloseCode code, string reason)
    {
        try
        {
            return Close(id, code, reason);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private bool Close(PeerId id, CloseCode code, string reason)
    {
        if (Find(id) is not { } peer) return false;
        peer.Close(code, reason);
        return true;
    }

    private static ControlWriter Question(ClusterQuestion question, PeerId peer) => WriteId(new((ControlKind)question), peer);

    private static ControlWriter WriteId(ControlWriter writer, PeerId id)
    {
        Span<byte> digits = stackalloc byte[PeerId.Length];
        id.TryFormat(digits, out _, default, provider: null);
        return writer.Write(digits);
    }

    private static PeerId ReadId(ref ControlReader reader) => PeerId.TryParse(reader.Take(PeerId.Length), out var id) ? id : default;

    private static void ReadIds(byte[] answer, List<PeerId> peers)
    {
        var reader = new ControlReader(answer);
        while (!reader.IsAtEnd)
        {
            var id = ReadId(ref reader);
            if (!reader.IsBroken) peers.Add(id);
        }
    }
}
