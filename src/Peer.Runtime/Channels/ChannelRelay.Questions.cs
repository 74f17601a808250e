using System.Collections.Concurrent;

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
    public async Task<Answers> AskAsync(uint? node, ReadOnlyMemory<byte> question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var gathering = new Gathering(node is { } one ? [one] : _nodes.Nodes);
        if (gathering.Expected.Length == 0) return gathering.Answers;

        var id = Interlocked.Increment(ref _lastQuestion);
        _gatherings.TryAdd(id, gathering);
        try
        {
            if (!_isOpen) return gathering.Answers;
            Send(node is { } asked ? WireName.Inbox(asked) : WireName.Nodes, new ControlWriter(ControlKind.Question).Write(id).Write(question.Span));
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

    private void CloseQuestions()
    {
        foreach (var (_, gathering) in _gatherings) gathering.Close();
    }

    private sealed class Gathering(uint[] expected)
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<uint, byte[]> _answers = new();

        public uint[] Expected => expected;

        public Task Completed => _completed.Task;

        public Answers Answers => new(_answers, [.. expected.Where(node => !_answers.ContainsKey(node))]);

        public void Add(uint node, byte[] answer)
        {
            _answers.TryAdd(node, answer);
            if (expected.All(_answers.ContainsKey)) _completed.TrySetResult();
        }

        public void Close() => _completed.TrySetResult();
    }
}

/// <summary>What was answered, by node, and who did not answer.</summary>
internal sealed record Answers(IReadOnlyDictionary<uint, byte[]> ByNode, IReadOnlyList<uint> Missing);
