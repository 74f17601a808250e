using Microsoft.Extensions.Time.Testing;
using Peers.Channels;

namespace Peers.Tests.Channels;

/// <summary>What waits for the backplane: its numbers, its bounds, its parts.</summary>
public sealed class OutgoingQueueTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OutgoingQueue _queue;

    public OutgoingQueueTests() => _queue = new(node: 7, new BackplaneOptions { MaxOutgoingBytes = 64 * 1024 }, _time);

    [Fact]
    public void Each_channel_is_numbered_from_one()
    {
        Add("a", "x");
        Add("b", "x");
        Add("a", "x");

        Assert.Equal([("a", 1L), ("b", 1L), ("a", 2L)], Take().Select(message => (message.Channel, message.Header.Sequence)));
    }

    [Fact]
    public void A_message_has_node_flags_and_payload()
    {
        Assert.True(_queue.TryAdd("a", RelayFlags.Binary | RelayFlags.Compress, "payload"u8, out _));

        var (_, header, payload) = Assert.Single(Take());
        Assert.Equal(new RelayHeader(RelayFlags.Binary | RelayFlags.Compress | RelayFlags.First | RelayFlags.Last, 7, 1), header);
        Assert.Equal("payload", payload);
    }

    [Fact]
    public void What_is_too_long_goes_in_parts_with_numbers_of_their_own()
    {
        _queue.MaxMessageBytes = RelayHeader.Length + 4;
        Add("a", "0123456789");
        Add("a", "01234567");

        Assert.Equal(
            [(1L, RelayFlags.First, "0123"), (2L, RelayFlags.None, "4567"), (3L, RelayFlags.Last, "89"), (4L, RelayFlags.First, "0123"), (5L, RelayFlags.Last, "4567")],
            Take().Select(message => (message.Header.Sequence, message.Header.Flags, message.Payload)));
    }

    [Fact]
    public void What_does_not_fit_is_not_kept_and_has_its_number()
    {
        Assert.True(_queue.TryAdd("a", RelayFlags.None, new byte[60_000], out _));
        Assert.False(_queue.TryAdd("a", RelayFlags.None, new byte[6_000], out _));
        Assert.True(_queue.TryAdd("a", RelayFlags.None, new byte[10], out _));

        Assert.Equal([1L, 3L], Take().Select(message => message.Header.Sequence));
    }

    [Fact]
    public void What_was_published_frees_its_place()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.True(_queue.TryAdd("a", RelayFlags.None, new byte[60_000], out _));
            Take();
        }

        Assert.Equal(0, _queue.Waiting);
    }

    [Fact]
    public void Whoever_adds_first_after_nothing_was_left_wakes_the_pump()
    {
        Assert.False(_queue.TryTake(out _));
        Assert.True(_queue.TryAdd("a", RelayFlags.None, "x"u8, out var first));
        Assert.True(_queue.TryAdd("a", RelayFlags.None, "x"u8, out var second));
        Assert.Equal((true, false), (first, second));
    }

    [Fact]
    public void A_heartbeat_tells_what_changed_once()
    {
        Add("a", "x");
        Add("a", "x");
        Add("$nodes", "x");

        Assert.Equal([new ChannelSequence("a", 2)], Changed());
        Assert.Empty(Changed());
    }

    [Fact]
    public void A_channel_that_was_forgotten_is_numbered_anew_above_all_that_was()
    {
        for (var i = 0; i < 5; i++) Add("a", "x");
        Add("b", "x");
        Take();
        Changed();
        _time.Advance(TimeSpan.FromMinutes(6));
        _queue.Forget();

        Assert.Equal(new ChannelSequence("b", 5, IsFresh: true) { Idle = TimeSpan.FromMinutes(6) }, _queue.Ask("b"));
        Add("b", "x");
        Add("b", "x");

        Assert.Equal([(6L, true), (7L, false)], Take().Select(message => (message.Header.Sequence, message.Header.Has(RelayFlags.Fresh))));
        Assert.Equal(new ChannelSequence("b", 7), _queue.Ask("b"));
    }

    [Fact]
    public void Of_a_channel_that_was_never_published_to_the_last_number_is_none() => Assert.Equal(new ChannelSequence("a", 0) { Idle = TimeSpan.MaxValue }, _queue.Ask("a"));

    private void Add(string channel, string payload) => Assert.True(_queue.TryAdd(channel, RelayFlags.None, System.Text.Encoding.ASCII.GetBytes(payload), out _));

    private List<(string Channel, RelayHeader Header, string Payload)> Take()
    {
        var messages = new List<(string, RelayHeader, string)>();
        if (!_queue.TryTake(out var batch)) return messages;
        for (var i = 0; i < batch.Count; i++)
        {
            var (channel, message) = batch[i];
            Assert.True(RelayHeader.TryRead(message.Span, out var header));
            messages.Add((channel.WireName, header, System.Text.Encoding.ASCII.GetString(message.Span[RelayHeader.Length..])));
        }

        _queue.Return(batch);
        return messages;
    }

    private List<ChannelSequence> Changed()
    {
        var changed = new List<ChannelSequence>();
        _queue.TakeChanged(changed);
        return changed;
    }
}
