using System.Threading.Channels;

namespace Peers.Tests.Kit;

/// <summary>What happened, in order, for a test to wait for.</summary>
public sealed class Diary
{
    private readonly Channel<string> _entries = System.Threading.Channels.Channel.CreateUnbounded<string>();

    public void Write(string entry) => _entries.Writer.TryWrite(entry);

    public Task<string> NextAsync() => _entries.Reader.ReadAsync().AsTask().Soon();

    /// <summary>What was written since, without waiting.</summary>
    public string[] Rest()
    {
        var rest = new List<string>();
        while (_entries.Reader.TryRead(out var entry)) rest.Add(entry);
        return [.. rest];
    }
}
