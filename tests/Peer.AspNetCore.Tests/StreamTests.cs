using Microsoft.Extensions.DependencyInjection;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Streams of replies and requests to the client, behind a real server and as the compiler writes them.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private readonly Market _market = new();
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync(
        app => app.MapPeer<Exchange>(),
        options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100),
        builder => builder.Services.AddSingleton(_market).AddSingleton<Ledger>().AddScoped<ScopedStore>());

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_stream_sends_each_item_as_a_reply_and_other_hooks_run_meanwhile()
    {
        await using var client = await _app.ConnectAsync("/exchange");
        await client.SendAsync("""{"type":"watch","$id":"w","symbol":"ABC"}""");
        await _market.TradeAsync(1.5m);
        Assert.Equal("""{"type":"price","$re":"w","symbol":"ABC","amount":1.5}""", await client.ReceiveTextAsync());

        await client.SendAsync("""{"type":"rename","$id":2,"name":"ada"}""");
        Assert.Equal("""{"type":"renamed","$re":2,"name":"ada"}""", await client.ReceiveTextAsync());
        await _market.TradeAsync(2m);
        Assert.Equal("""{"type":"price","$re":"w","symbol":"ABC","amount":2}""", await client.ReceiveTextAsync());
        _market.Close();
        Assert.Equal("""{"type":"$end","$re":"w"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_cancel_ends_it()
    {
        await using var client = await _app.ConnectAsync("/exchange");
        await client.SendAsync("""{"type":"watch","$id":1,"symbol":"ABC"}""");
        await client.SendAsync("""{"type":"$cancel","$id":1}""");

        Assert.Equal("""{"type":"$error","$re":1,"code":"cancelled","message":"The stream was cancelled."}""", await client.ReceiveTextAsync());
        Assert.Equal(1, await _market.LeftAsync());
    }

    [Fact]
    public async Task The_loss_of_the_connection_ends_it()
    {
        var client = await _app.ConnectAsync("/exchange");
        await client.SendAsync("""{"type":"watch","$id":1,"symbol":"ABC"}""");
        await _market.TradeAsync(1m);
        await client.ReceiveTextAsync();
        await client.DisposeAsync();

        Assert.Equal(1, await _market.LeftAsync());
    }

    [Fact]
    public async Task Scoped_services_of_a_stream_live_as_long_as_it_does()
    {
        await using var client = await _app.ConnectAsync("/exchange");
        await client.SendAsync("""{"type":"audit","$id":1}""");

        Assert.Equal("""{"type":"renamed","$re":1,"name":"1 made, 0 disposed"}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"renamed","$re":1,"name":"1 made, 0 disposed"}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"$end","$re":1}""", await client.ReceiveTextAsync());
        Assert.Equal(1, _app.Services.GetRequiredService<Ledger>().Disposed);
    }

    [Fact]
    public async Task A_hundred_thousand_items_come_whole_and_in_order_and_none_is_kept_for_a_client_that_does_not_read()
    {
        const int Count = 100_000;
        await using var client = await _app.ConnectAsync("/exchange");
        await client.SendAsync($$"""{"type":"numbers","$id":1,"count":{{Count}}}""");

        for (var n = 0; n < Count; n++) Assert.Equal($$"""{"type":"number","$re":1,"n":{{n}}}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"$end","$re":1}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_stream_that_never_ends_does_not_hold_the_application_up()
    {
        await using var client = await _app.ConnectAsync("/exchange");
        await client.SendAsync("""{"type":"stubborn","$id":1}""");
        await client.ReceiveTextAsync();

        await _app.StopAsync().Soon();
        Assert.EndsWith("in its Stream hook.", (await _app.Logs.FindAsync(19)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_asks_the_client_and_what_it_answers_is_the_reply()
    {
        await using var client = await _app.ConnectAsync("/exchange");
        await client.SendAsync("""{"type":"sell","$id":9,"symbol":"ABC"}""");
        Assert.Equal("""{"type":"confirm","$id":1,"text":"Sell ABC?"}""", await client.ReceiveTextAsync());
        await client.SendAsync("""{"type":"confirmed","$re":1,"yes":true}""");

        Assert.Equal("""{"type":"sold","$re":9,"symbol":"ABC"}""", await client.ReceiveTextAsync());
    }
}

/// <summary>What is traded, and how many watch it no longer.</summary>
public sealed class Market
{
    private readonly System.Threading.Channels.Channel<decimal> _trades = System.Threading.Channels.Channel.CreateUnbounded<decimal>();
    private readonly SemaphoreSlim _leaving = new(0);
    private int _left;

    public ValueTask TradeAsync(decimal amount) => _trades.Writer.WriteAsync(amount);

    public void Close() => _trades.Writer.Complete();

    public IAsyncEnumerable<decimal> TradesOf(string symbol) => symbol == "ABC" ? _trades.Reader.ReadAllAsync() : AsyncEnumerable.Empty<decimal>();

    public void Leave() => _leaving.Release();

    public async Task<int> LeftAsync()
    {
        await _leaving.WaitAsync().Soon();
        return ++_left;
    }
}
