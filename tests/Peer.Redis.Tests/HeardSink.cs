using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Peers.Tests;

/// <summary>Keeps what a backplane says, and gives it out one by one: <c>channel: text</c>, or <c>interrupted</c>.</summary>
internal sealed class HeardSink : IBackplaneSink
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<string> _heard = [];

    public int Waiting => _heard.Count;

    /// <summary>What it cannot take.</summary>
    public string? Indigestible { get; set; }

    public void Receive(string channel, in ReadOnlySequence<byte> message)
    {
        var text = Encoding.UTF8.GetString(message);
        if (text == Indigestible) throw new InvalidOperationException($"Not '{text}'.");
        _heard.Add($"{channel}: {text}");
    }

    public void Interrupted(string? channel = null) => _heard.Add(channel is null ? "interrupted" : $"{channel} interrupted");

    public Task<string> NextAsync() =>
        Task.Factory.StartNew(() => _heard.TryTake(out var heard, s_patience) ? heard : throw new TimeoutException("Nothing was heard."), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Passes over what comes, up to that.</summary>
    public async Task UntilAsync(string expected)
    {
        while (await NextAsync() != expected)
        {
            // What came before it.
        }
    }
}
