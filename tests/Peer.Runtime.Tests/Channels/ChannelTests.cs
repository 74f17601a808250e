using System.Text;
using Peers.Channels;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers.Tests.Channels;

/// <summary>What a channel puts together in one turn, and whom it hands it to.</summary>
public sealed class ChannelTests
{
    private readonly Channel _channel = new("room");
    private readonly Recorder _first = new();
    private readonly Recorder _second = new();

    public ChannelTests()
    {
        using var turn = Turn.Enter();
        _channel.Add(_first);
        _channel.Add(_second);
    }

    [Fact]
    public void What_is_published_in_one_turn_is_handed_out_in_one_piece_at_its_end()
    {
        using (var turn = Turn.Enter())
        {
            for (var i = 0; i < 16; i++) Publish(turn, $"message {i}");
            Assert.Empty(_first.Pieces);
        }

        var expected = Enumerable.Range(0, 16).Select(i => $"message {i}");
        Assert.Equal([expected], _first.Pieces);
        Assert.Equal([expected], _second.Pieces);
    }

    [Fact]
    public void Who_is_left_out_gets_nothing_and_the_others_get_all_in_order()
    {
        using (var turn = Turn.Enter())
        {
            Publish(turn, "to all");
            Publish(turn, "to the second", except: _first);
            Publish(turn, "again", except: _first);
            Publish(turn, "to the first", except: _second);
        }

        Assert.Equal([["to all"], ["to the first"]], _first.Pieces);
        Assert.Equal([["to all"], ["to the second", "again"]], _second.Pieces);
    }

    [Fact]
    public void What_was_published_is_handed_out_before_something_else_goes_to_who_gets_it()
    {
        using var turn = Turn.Enter();
        Publish(turn, "news");
        turn.HandOut(before: _first);

        Assert.Equal([["news"]], _first.Pieces);
    }

    [Fact]
    public void Something_for_who_is_left_out_hands_nothing_out()
    {
        using var turn = Turn.Enter();
        Publish(turn, "one", except: _first);
        turn.HandOut(before: _first);
        Assert.Empty(_second.Pieces);

        Publish(turn, "two", except: _first);
        turn.HandOut(before: _second);
        Assert.Equal([["one", "two"]], _second.Pieces);
    }

    [Fact]
    public void Who_joins_in_the_turn_gets_what_is_published_from_then_on()
    {
        var late = new Recorder();
        using (var turn = Turn.Enter())
        {
            Publish(turn, "before");
            _channel.Add(late);
            Publish(turn, "after");
        }

        Assert.Equal([["after"]], late.Pieces);
        Assert.Equal([["before"], ["after"]], _first.Pieces);
    }

    [Fact]
    public void Who_leaves_in_the_turn_gets_what_was_published_before()
    {
        var leaving = new Recorder();
        using (var turn = Turn.Enter())
        {
            var subscription = _channel.Add(leaving);
            Publish(turn, "before");
            _channel.Remove(subscription!);
            Publish(turn, "after");
        }

        Assert.Equal([["before"]], leaving.Pieces);
    }

    [Fact]
    public void Pieces_are_bounded_and_long_messages_stand_alone()
    {
        string[] messages = [.. Enumerable.Range(0, 40).Select(i => $"{i:00}".PadRight(1000, '.')), new string('x', 5000), "short"];
        using (var turn = Turn.Enter())
        {
            foreach (var message in messages) Publish(turn, message);
        }

        Assert.Equal(messages, _first.Pieces.SelectMany(piece => piece));
        Assert.Equal([16, 16, 8, 1, 1], _first.Pieces.Select(piece => piece.Count));
    }

    [Fact]
    public void A_message_that_asks_for_compression_stands_alone()
    {
        using (var turn = Turn.Enter())
        {
            Publish(turn, "one");
            Publish(turn, "two", compress: true);
            Publish(turn, "three");
        }

        Assert.Equal([["one"], ["two"], ["three"]], _first.Pieces);
    }

    [Fact]
    public void What_is_published_to_several_channels_in_one_turn_comes_in_the_order_of_the_calls()
    {
        var other = new Channel("other");
        using (var turn = Turn.Enter())
        {
            other.Add(_first);
            Publish(turn, "1");
            Publish(turn, "2");
            Publish(turn, "3", other);
            Publish(turn, "4");
            Publish(turn, new string('5', 2000), other);
        }

        Assert.Equal([["1", "2"], ["3"], ["4"], [new string('5', 2000)]], _first.Pieces);
    }

    [Fact]
    public void What_a_subscriber_publishes_while_outputs_are_flushed_still_goes_out_with_the_turn()
    {
        using (var turn = Turn.Enter())
        {
            turn.Gather(new Later(() => Publish(turn, "later")));
        }

        Assert.Equal([["later"]], _first.Pieces);
    }

    // Two threads in their turns: whoever ends first hands out for both.
    [Fact]
    public void All_subscribers_get_what_many_threads_publish_in_one_order()
    {
        const int Threads = 4;
        const int Turns = 500;
        var threads = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            for (var i = 0; i < Turns; i++)
            {
                using var turn = Turn.Enter();
                for (var j = 0; j < 3; j++) Publish(turn, $"{number} {(i * 3) + j:0000}");
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        string[] first = [.. _first.Pieces.SelectMany(piece => piece)];
        Assert.Equal(Threads * Turns * 3, first.Length);
        Assert.Equal(first, _second.Pieces.SelectMany(piece => piece));
        foreach (var ofOne in first.GroupBy(message => message[0])) Assert.Equal(ofOne.Order(StringComparer.Ordinal), ofOne);
    }

    private void Publish(Turn turn, string text, Channel? channel = null, ISubscriber? except = null, bool compress = false)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        (channel ?? _channel).Publish(turn, header[..FrameWriter.WriteHeader(header, Opcode.Text, fin: true, payload.Length)], payload, except, compress);
    }

    private void Publish(Turn turn, string text, ISubscriber? except) => Publish(turn, text, channel: null, except);

    private sealed class Recorder : ISubscriber
    {
        public object Owner => this;

        public List<List<string>> Pieces { get; } = [];

        public void Deliver(SharedFrame frame)
        {
            var piece = new List<string>();
            for (var rest = frame.Bytes; FrameHeader.TryParse(rest, out var header, out var start);)
            {
                var end = start + (int)header.PayloadLength;
                piece.Add(Encoding.UTF8.GetString(rest[start..end]));
                rest = rest[end..];
            }

            Assert.Equal(frame.Count, piece.Count);
            Pieces.Add(piece);
        }
    }

    private sealed class Later(Action publish) : IGathering
    {
        public void HandOut(ISubscriber? before) => publish();
    }
}
