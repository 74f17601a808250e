using System.Net.WebSockets;
using Peers.TestKit;

namespace Peers.Partitions;

/// <summary>One node from its start to its end, and the one client that publishes on it. A node that is started again is another.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    // What a stopped node has not confirmed stays within what its socket takes.
    private const int MaxUnconfirmed = 200;

    private readonly Journal _journal;
    private readonly ServerProcess _process;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource<uint> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LineClient _client = null!;
    private TaskCompletionSource<int> _others = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _hasEnded;
    private int _unconfirmed;

    private NodeProcess(Journal journal, ServerProcess process) => (_journal, _process) = (journal, process);

    /// <summary>The number that the node has given itself.</summary>
    public uint Id => _id.Task.Result;

    /// <summary>Where it listens.</summary>
    public Uri Address => _process.Address;

    /// <summary>What it has written.</summary>
    public string Output => _process.Output;

    /// <summary>Whether the checker has ended it, or is about to.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Starts a node; returns when it answers.</summary>
    public static async Task<NodeProcess> StartAsync(Journal journal, params string[] arguments)
    {
        var node = new NodeProcess(journal, await ServerProcess.StartAsync("dotnet", arguments: [Program(), .. arguments]));
        try
        {
            node._client = await LineClient.ConnectAsync(node.Address, node.Take);
            await node._id.Task.WaitAsync(TimeSpan.FromSeconds(10));
            await node._client.SendAsync("watch");
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to publish; does nothing once it has ended, or while too much is unconfirmed.</summary>
    public async Task PublishAsync(string channel, int count)
    {
        await _sending.WaitAsync();
        try
        {
            if (_hasEnded || Volatile.Read(ref _unconfirmed) >= MaxUnconfirmed) return;
            Interlocked.Increment(ref _unconfirmed);
            _journal.Requested(Id, channel, count);
            await _client.SendAsync($"publish {channel} {count}");
        }
        catch (WebSocketException) when (_hasEnded)
        {
            // Whether it was accepted is not known, and so nothing is due.
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>How many other nodes it hears.</summary>
    public async Task<int> CountOthersAsync()
    {
        await _sending.WaitAsync();
        try
        {
            _others = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await _client.SendAsync("nodes");
            return await _others.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Stops it where it is, as an overloaded machine would.</summary>
    public void Freeze() => _process.Freeze();

    /// <summary>Lets it go on.</summary>
    public void Thaw() => _process.Thaw();

    /// <summary>Asks it to end, as a service manager does; returns when it has.</summary>
    public Task StopAsync()
    {
        _hasEnded = true;
        return _process.StopAsync();
    }

    /// <summary>Kills it, as a lost machine would be.</summary>
    public async Task KillAsync()
    {
        _hasEnded = true;
        await _process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_client is not null) await _client.DisposeAsync();
    }

    private void Take(string line)
    {
        var words = line.Split(' ');
        switch (words[0])
        {
            case "node":
                _id.TrySetResult(uint.Parse(words[1]));
                break;
            case "accepted":
                Interlocked.Decrement(ref _unconfirmed);
                _journal.Accepted(Id, words[2], long.Parse(words[3]), long.Parse(words[4]), long.Parse(words[1]));
                break;
            case "subscribed" or "unsubscribed":
                _journal.SubscriptionChanged(Id, words[2], words[0] == "subscribed", long.Parse(words[1]));
                break;
            case "nodes":
                _others.TrySetResult(int.Parse(words[1]));
                break;
        }
    }

    // Built with the checker, and lies where it was built.
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "Peer.sln"))) root = root.Parent ?? throw new InvalidOperationException("The checker does not lie in the repository.");
        return Path.Combine(root.FullName, "tests", "Peer.Partitions.Node", "bin", output.Parent!.Name, output.Name, "Peer.Partitions.Node.dll");
    }
}
