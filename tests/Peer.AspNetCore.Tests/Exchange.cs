using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;

namespace Peers.Tests;

/// <summary>Streams what is traded, and asks before it sells. The docs show parts of it.</summary>
[PeerHandler("/exchange")]
public sealed partial class Exchange
{
    [OnMessage]
    private static async IAsyncEnumerable<Price> Watch(Watch watch, [FromServices] Market market, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            await foreach (var amount in market.TradesOf(watch.Symbol).WithCancellation(cancellation)) yield return new(watch.Symbol, amount);
        }
        finally
        {
            market.Leave();
        }
    }

    [OnMessage]
    private static async Task<Sold> Sell(Peer peer, Sell sell)
    {
        var answer = await peer.RequestAsync<Confirm, Confirmed>(new($"Sell {sell.Symbol}?"), timeout: TimeSpan.FromSeconds(30));
        return answer.Yes ? new(sell.Symbol) : throw new InvalidOperationException("Nothing was sold.");
    }

    [OnMessage]
    private static async IAsyncEnumerable<Renamed> Audit(Audit audit, [FromServices] ScopedStore store, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new(store.ToString());
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        yield return new(store.ToString());
    }

    [OnMessage]
    private static async IAsyncEnumerable<Number> Count(Numbers numbers, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var n = 0; n < numbers.Count; n++)
        {
            if (n % 1000 == 0) await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return new(n);
        }
    }

    [OnMessage] private static IAsyncEnumerable<Number> Insist(Stubborn stubborn) => NeverEnding();

    [OnMessage] private static Renamed Rename(Rename rename) => new(rename.Name);

    private static async IAsyncEnumerable<Number> NeverEnding()
    {
        yield return new(1);
        await new TaskCompletionSource().Task;
    }
}

[Message] public readonly partial record struct Watch(string Symbol);
[Message] public readonly partial record struct Price(string Symbol, decimal Amount);
[Message] public readonly partial record struct Sell(string Symbol);
[Message] public readonly partial record struct Confirm(string Text);
[Message] public readonly partial record struct Confirmed(bool Yes);
[Message] public readonly partial record struct Sold(string Symbol);
[Message] public readonly partial record struct Audit;
[Message] public readonly partial record struct Numbers(int Count);
[Message] public readonly partial record struct Number(int N);
[Message] public readonly partial record struct Stubborn;
