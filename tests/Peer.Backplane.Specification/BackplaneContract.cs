using System.Text;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What <see cref="IBackplane"/> says of every implementation, sentence by sentence, without a host above it.</summary>
public abstract class BackplaneContract : IAsyncLifetime
{
    private readonly List<IBackplane> _open = [];
    private IBroker _broker = null!;

    protected abstract Task<IBroker> StartBrokerAsync();

    public async ValueTask InitializeAsync() => _broker = await StartBrokerAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var backplane in _open) await backplane.CloseAsync();
        await _broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_node_that_subscribed_gets_a_message_once()
    {
        var (one, heard) = await StartAsync();
        var (other, heardToo) = await StartAsync();
        await one.SubscribeAsync("room", default);
        await other.SubscribeAsync("room", default);
        var (publisher, _) = await StartAsync();

        await publisher.PublishAsync("room", "first"u8.ToArray()).InTime();
        await publisher.PublishAsync("room", "second"u8.ToArray()).InTime();

        foreach (var sink in new[] { heard, heardToo })
        {
            Assert.Equal("first", Text((await sink.NextAsync()).Message));
            Assert.Equal("second", Text((await sink.NextAsync()).Message));
            Assert.True(sink.IsEmpty);
        }
    }

    [Fact]
    public async Task What_is_published_after_subscribing_has_completed_comes()
    {
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        for (var i = 0; i < 100; i++)
        {
            var channel = $"room/{i}";
            await subscriber.SubscribeAsync(channel, default);
            await publisher.PublishAsync(channel, new byte[] { (byte)i }).InTime();

            var (name, message) = await heard.NextAsync();
            Assert.Equal((channel, (byte)i), (name, message[0]));
        }
    }

    [Fact]
    public async Task Names_of_channels_may_hold_anything_and_never_meet()
    {
        string[] names =
        [
            "a", "A", "a.b", "a..b", ".", "..", ".a", "a.", "*", "a.*", ">", "a.>", "a b", " ", "a\tb", "a\r\nb", "\0", "a\u007F", "%", "%2E", "%u", "%h", "a%2Eb", "?", "[a]", "a?", "\\", "\\*",
            "é", "e\u0301", "日本", "🙂", "\uD800", "\uDC00", "\uD800x", "\uFFFD", "$", "$SYS", "$x", new('x', 1000), new('x', 1001), new('日', 5000), new string('日', 4999) + "月",
        ];
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        foreach (var name in names) await subscriber.SubscribeAsync(name, default);

        foreach (var name in names) await publisher.PublishAsync(name, Encoding.Unicode.GetBytes(name + "!")).InTime();

        var got = new List<string>();
        foreach (var _ in names)
        {
            var (name, message) = await heard.NextAsync();
            Assert.Equal(Encoding.Unicode.GetBytes(name + "!"), message);
            got.Add(name);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), got.Order(StringComparer.Ordinal));
        Assert.True(heard.IsEmpty);
    }

    [Fact]
    public async Task Messages_hold_any_bytes_from_one_to_the_most()
    {
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        await subscriber.SubscribeAsync("room", default);

        foreach (var length in new[] { 1, 2, 255, 256, 65_536, publisher.MaxMessageBytes })
        {
            var message = new byte[length];
            new Random(length).NextBytes(message);
            await publisher.PublishAsync("room", message).InTime();

            var got = (await heard.NextAsync()).Message;
            Assert.True(got.AsSpan().SequenceEqual(message), $"{length} bytes");
        }
    }

    [Fact]
    public async Task What_one_node_publishes_to_a_channel_keeps_its_order_although_nothing_is_awaited_in_between()
    {
        const int count = 5_000;
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        await subscriber.SubscribeAsync("room", default);

        var publishes = new Task[count];
        for (var i = 0; i < count; i++)
        {
            publishes[i] = publisher.PublishAsync("room", BitConverter.GetBytes(i)).AsTask();
            if (i % 500 == 499) await Task.WhenAll(publishes[..(i + 1)]).InTime();
        }

        for (var i = 0; i < count; i++) Assert.Equal(i, BitConverter.ToInt32((await heard.NextAsync()).Message));
    }

    [Fact]
    public async Task Memory_is_free_again_when_a_publish_has_completed()
    {
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        await subscriber.SubscribeAsync("room", default);
        var memory = new byte[4096];

        for (var i = 0; i < 50; i++)
        {
            Array.Fill(memory, (byte)i);
            await publisher.PublishAsync("room", memory).InTime();
        }

        for (var i = 0; i < 50; i++) Assert.All((await heard.NextAsync()).Message, value => Assert.Equal((byte)i, value));
    }

    [Fact]
    public async Task A_channel_that_was_unsubscribed_is_not_heard()
    {
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        await subscriber.SubscribeAsync("left", default);
        await subscriber.SubscribeAsync("kept", default);
        await subscriber.UnsubscribeAsync("left", default);

        await publisher.PublishAsync("left", "gone"u8.ToArray()).InTime();
        await publisher.PublishAsync("kept", "here"u8.ToArray()).InTime();

        Assert.Equal("kept", (await heard.NextAsync()).Channel);
    }

    [Fact]
    public async Task A_channel_can_be_subscribed_again()
    {
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await subscriber.SubscribeAsync("room", default);
            await publisher.PublishAsync("room", new byte[] { (byte)i }).InTime();
            Assert.Equal((byte)i, (await heard.NextAsync()).Message[0]);
            await subscriber.UnsubscribeAsync("room", default);
        }
    }

    [Fact]
    public async Task Thousands_of_channels_are_subscribed_at_once()
    {
        var (publisher, _) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        var names = Enumerable.Range(0, 5_000).Select(i => $"room/{i}").ToArray();
        await Task.WhenAll(names.Select(name => subscriber.SubscribeAsync(name, default).AsTask())).InTime();

        foreach (var name in names) await publisher.PublishAsync(name, "x"u8.ToArray()).InTime();

        var got = new HashSet<string>(StringComparer.Ordinal);
        foreach (var _ in names) got.Add((await heard.NextAsync()).Channel);
        Assert.Equal(names.Length, got.Count);
    }

    [Fact]
    public async Task After_the_server_was_away_subscriptions_are_restored_and_the_interruption_is_told()
    {
        var (publisher, publishers) = await StartAsync();
        var (subscriber, heard) = await StartAsync();
        await subscriber.SubscribeAsync("room", default);

        await _broker.KillAsync();
        await _broker.RestartAsync();

        Assert.Null(await heard.NextInterruptionAsync());
        Assert.Null(await publishers.NextInterruptionAsync());
        await publisher.PublishAsync("room", "back"u8.ToArray()).InTime();
        Assert.Equal("back", Text((await heard.NextAsync()).Message));
    }

    [Fact]
    public async Task A_publish_while_the_server_is_away_ends_in_time()
    {
        var (publisher, _) = await StartAsync();
        await _broker.KillAsync();

        for (var i = 0; i < 100; i++)
        {
            var publish = PublishAsync();
            await publish.ContinueWith(static _ => { }, TaskScheduler.Default).InTime();
        }

        async Task PublishAsync() => await publisher.PublishAsync("room", "lost"u8.ToArray());
    }

    [Fact]
    public async Task Without_a_server_starting_says_which_is_missing_and_may_be_tried_again()
    {
        await _broker.KillAsync();
        var backplane = _broker.Connect();
        var sink = new RecordingSink();

        var exception = await Assert.ThrowsAsync<BackplaneException>(() => backplane.StartAsync(sink, default).AsTask().InTime());
        Assert.NotEmpty(exception.Message);
        await _broker.RestartAsync();
        await backplane.StartAsync(sink, default).InTime();
        _open.Add(backplane);

        await backplane.SubscribeAsync("room", default);
        var (publisher, _) = await StartAsync();
        await publisher.PublishAsync("room", "here"u8.ToArray()).InTime();
        Assert.Equal("here", Text((await sink.NextAsync()).Message));
    }

    [Fact]
    public async Task Closing_ends_in_time_although_the_server_is_gone()
    {
        var (backplane, _) = await StartAsync();
        await backplane.SubscribeAsync("room", default);
        await _broker.KillAsync();
        _open.Remove(backplane);

        await backplane.CloseAsync().InTime();
    }

    [Fact]
    public async Task What_was_published_before_closing_arrives()
    {
        var (subscriber, heard) = await StartAsync();
        await subscriber.SubscribeAsync("room", default);
        var (publisher, _) = await StartAsync();
        _open.Remove(publisher);

        await publisher.PublishAsync("room", "farewell"u8.ToArray()).InTime();
        await publisher.CloseAsync().InTime();

        Assert.Equal("farewell", Text((await heard.NextAsync()).Message));
    }

    [Fact]
    public async Task A_backplane_that_was_never_started_can_be_closed()
    {
        await _broker.Connect().CloseAsync().InTime();
    }

    private async Task<(IBackplane Backplane, RecordingSink Sink)> StartAsync()
    {
        var (backplane, sink) = (_broker.Connect(), new RecordingSink());
        await backplane.StartAsync(sink, default).InTime();
        _open.Add(backplane);
        return (backplane, sink);
    }

    private static string Text(byte[] message) => Encoding.UTF8.GetString(message);
}
