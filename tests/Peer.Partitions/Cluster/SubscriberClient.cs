namespace Peers.Partitions;

/// <summary>A client that joins channels and notes in the journal what it receives.</summary>
internal sealed class SubscriberClient : IAsyncDisposable
{
    // One message in so many is falsified.
    private const int MutationInterval = 400;

    private readonly Journal _journal;
    private readonly NodeProcess _node;
    private readonly Mutation _mutation;
    private readonly Subscriber _subscriber;
    private readonly HashSet<string> _unconfirmed;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The receive loop only.
    private int _messages;
    private string[]? _withheld;
    private LineClient _client = null!;

    private SubscriberClient(Journal journal, NodeProcess node, string name, IReadOnlyCollection<string> channels, Mutation mutation) =>
        (_journal, _node, _mutation, _subscriber, _unconfirmed) = (journal, node, mutation, journal.Connected(name, node.Id, channels), [.. channels]);

    /// <summary>Connects and joins; returns when the node has confirmed all of it, or null where the node ended before that.</summary>
    public static async Task<SubscriberClient?> JoinAsync(Journal journal, NodeProcess node, string name, IReadOnlyCollection<string> channels, Mutation mutation)
    {
        var client = new SubscriberClient(journal, node, name, channels, mutation);
        try
        {
            client._client = await LineClient.ConnectAsync(node.Address, client.Take);
            client.Watch();
            await client._client.SendAsync($"join {string.Join(' ', channels)}");
            await Task.WhenAny(client._joined.Task, client._client.Ended);
            return client;
        }
        catch (System.Net.WebSockets.WebSocketException) when (node.HasEnded)
        {
            journal.Left(client._subscriber, Clock.Now);
            return null;
        }
    }

    /// <summary>Ends the connection.</summary>
    public ValueTask DisposeAsync()
    {
        _journal.Left(_subscriber, Clock.Now);
        return _client.DisposeAsync();
    }

    private void Watch() => _client.Ended.ContinueWith(
        ended =>
        {
            if (_node.HasEnded) _journal.Left(_subscriber, Clock.Now);
            else _journal.Closed(_subscriber, ended.IsFaulted ? ended.Exception.GetBaseException().ToString() : ended.Result, Clock.Now);
        },
        TaskScheduler.Default);

    private void Take(string line)
    {
        var words = line.Split(' ');
        switch (words[0])
        {
            case "joined":
                _journal.Joined(_subscriber, words[2], long.Parse(words[1]));
                if (_unconfirmed.Remove(words[2]) && _unconfirmed.Count == 0) _joined.TrySetResult();
                break;
            case "message":
                TakeMutated(words);
                break;
            case "gap" when _mutation != Mutation.HideGaps:
                _journal.Told(_subscriber, new(long.Parse(words[1]), words[2], words[3], words[4] is "-" ? null : uint.Parse(words[4]), Number(words[5]), Number(words[6])));
                break;
        }
    }

    private void TakeMutated(string[] words)
    {
        var isChosen = ++_messages % MutationInterval == 0;
        if (isChosen && _mutation == Mutation.Drop) return;
        if (isChosen && _mutation == Mutation.Swap)
        {
            _withheld = words;
            return;
        }

        Note(words);
        if (isChosen && _mutation == Mutation.Duplicate) Note(words);
        if (isChosen && _mutation == Mutation.FalseGap) _journal.Told(_subscriber, new(Clock.Now, words[2], "Mutation", uint.Parse(words[1]), Number(words[3]), Number(words[3])));
        // The order counts only among the messages of one node to one channel.
        if (_withheld is null || _withheld[1] != words[1] || _withheld[2] != words[2]) return;
        Note(_withheld);
        _withheld = null;
    }

    private void Note(string[] words) => _journal.Received(_subscriber, uint.Parse(words[1]), words[2], long.Parse(words[3]), Clock.Now);

    private static long? Number(string word) => word is "-" ? null : long.Parse(word);
}
