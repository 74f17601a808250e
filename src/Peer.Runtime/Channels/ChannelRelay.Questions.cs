using System.Buffers;
using System.Collections.Concurrent;
using Peers.Transports;

namespace Peers.Channels;

// What a host asks others: to all or one, answered to its inbox, gathered until a deadline.
internal sealed partial class ChannelRelay
{
    private readonly ConcurrentDictionary<long, Gathering> _gatherings = new();
    private long _lastQuestion;

    /// <summary>Asks the other nodes that are there, or one, and waits until all have answered or time is up.</summary>
    /// <param name="node">The node that is asked; null for all.</param>
    /// <param name="question">What is asked, for the others' <see cref="IRelayOwner.Answer"/>.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackplaneException">The question is too long, or the one node that is asked cannot be, because too much waits for the backplane.</exception>
    public async Task<Answers> AskAsync(uint? node, ReadOnlyMemory<byte> question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ThrowIfTooLong(question.Length);
        var gathering = new Gathering(node is { } one ? [one] : _membership.Present);
        if (gathering.Expected.Length == 0) return gathering.Answers;

        var id = Interlocked.Increment(ref _lastQuestion);
        _gatherings.TryAdd(id, gathering);
        try
        {
            if (!_isOpen) return gathering.Answers;
            var isSent = Send(node is { } asked ? WireName.Inbox(asked) : WireName.Nodes, new ControlWriter(ControlKind.Question).Write(id).Write(question.Span));
            if (!isSent) return node is null ? gathering.Answers : throw NotSent();
            await gathering.Completed.WaitAsync(timeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Who has not answered is named.
        }
        finally
        {
            _gatherings.TryRemove(id, out _);
        }

        return gathering.Answers;
    }

    private void ThrowIfTooLong(int question)
    {
        var cost = SharedFrame.Overhead + sizeof(ControlKind) + sizeof(long) + question;
        if (cost <= _options.MaxIncomingBytes) return;
        throw new BackplaneException(
            $"What is asked of another node ({cost:N0} bytes) exceeds MaxIncomingBytes ({_options.MaxIncomingBytes:N0} bytes) by itself. Raise BackplaneOptions.MaxIncomingBytes on all nodes, or send less.");
    }

    private BackplaneException NotSent() => new(
        $"Another node was not asked: more than MaxOutgoingBytes ({_options.MaxOutgoingBytes:N0} bytes) would wait for {_backplane.Name}. Raise BackplaneOptions.MaxOutgoingBytes, or publish less.");

    // Which question it is that does not fit; null where it is none.
    private static long? QuestionIn(in RelayHeader header, in ReadOnlySequence<byte> payload)
    {
        Span<byte> start = stackalloc byte[sizeof(ControlKind) + sizeof(long)];
        if (!header.Has(RelayFlags.Control) || payload.Length < start.Length) return null;
        payload.Slice(0, start.Length).CopyTo(start);
        var reader = new ControlReader(start);
        return (ControlKind)reader.Byte() == ControlKind.Question ? reader.Int64() : null;
    }

    // Whoever asked is told; what was news is asked for again.
    private void Refuse(uint node, long? question)
    {
        _owner.ControlDropped(node);
        if (question is { } id) Send(WireName.Inbox(node), new ControlWriter(ControlKind.Refusal).Write(id).Write(_options.MaxIncomingBytes));
    }

    private void TakeQuestion(uint node, ref ControlReader reader)
    {
        var answer = new ControlWriter(ControlKind.Answer).Write(reader.Int64());
        if (reader.IsBroken) return;
        _owner.Answer(node, reader.Rest, answer);
        Send(WireName.Inbox(node), answer);
    }

    private void TakeAnswer(uint node, ref ControlReader reader)
    {
        if (_gatherings.TryGetValue(reader.Int64(), out var gathering)) gathering.Add(node, reader.Rest.ToArray());
    }

    private void TakeRefusal(uint node, ref ControlReader reader)
    {
        if (_gatherings.TryGetValue(reader.Int64(), out var gathering)) gathering.Refuse(node, reader.Int32());
    }

    private void CloseQuestions()
    {
        foreach (var (_, gathering) in _gatherings) gathering.Close();
    }

    private sealed class Gathering(uint[] expected)
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<uint, byte[]> _answers = new();
        private readonly ConcurrentDictionary<uint, int> _refusals = new();

        public uint[] Expected => expected;

        public Task Completed => _completed.Task;

        public Answers Answers => new(_answers, [.. expected.Where(node => !_answers.ContainsKey(node))], _refusals);

        public void Add(uint node, byte[] answer)
        {
            _answers.TryAdd(node, answer);
            CompleteIfAllReplied();
        }

        public void Refuse(uint node, int limit)
        {
            _refusals.TryAdd(node, limit);
            CompleteIfAllReplied();
        }

        public void Close() => _completed.TrySetResult();

        private void CompleteIfAllReplied()
        {
            if (expected.All(node => _answers.ContainsKey(node) || _refusals.ContainsKey(node))) _completed.TrySetResult();
        }
    }
}

/// <summary>What was answered, by node, who did not answer, and who of those refused, with their limit.</summary>
internal sealed record Answers(IReadOnlyDictionary<uint, byte[]> ByNode, IReadOnlyList<uint> Missing, IReadOnlyDictionary<uint, int> Refused);
