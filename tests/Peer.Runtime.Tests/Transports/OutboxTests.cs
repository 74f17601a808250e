using System.IO.Pipelines;
using System.Text;
using Peers.Transports;

namespace Peers.Tests.Transports;

public sealed class OutboxTests
{
    private const int Header = 2;
    private readonly Recorder _written = new();

    [Fact]
    public void Own_and_shared_frames_leave_in_the_order_in_which_they_were_appended()
    {
        var outbox = new Outbox();
        foreach (var piece in new[] { "a", "B", "c", "d", "E", "F", "g" }) Append(ref outbox, piece);

        Assert.Equal(7 * (Header + 1), outbox.Length);
        Assert.Equal(7 * (Header + 1), Write(ref outbox, 100));
        Assert.Equal("aBcdEFg", _written.Text);
        Assert.True(outbox.IsEmpty);
    }

    [Fact]
    public void A_batch_ends_with_a_frame_where_one_fits()
    {
        var outbox = new Outbox();
        foreach (var piece in new[] { "abc", "def", "GHI", "jkl", "mno" }) Append(ref outbox, piece);

        // Frames of five bytes, and a budget of less than half of what waits.
        Assert.Equal(10, Write(ref outbox, 12));
        Assert.Equal("abcdef", _written.Text);
        Assert.True(outbox.IsAtFrameStart);
        Assert.Equal(15, Write(ref outbox, 12));
        Assert.Equal("abcdefGHIjklmno", _written.Text);
        Assert.True(outbox.IsEmpty);
    }

    [Fact]
    public void A_frame_that_is_longer_than_a_batch_is_divided_and_a_shared_one_never()
    {
        var outbox = new Outbox();
        foreach (var piece in new[] { new string('a', 98), new string('B', 98) }) Append(ref outbox, piece);

        Assert.Equal(30, Write(ref outbox, 30));
        Assert.False(outbox.IsAtFrameStart);
        Assert.Equal(30, Write(ref outbox, 30));
        Assert.Equal(30, Write(ref outbox, 30));
        Assert.False(outbox.IsAtFrameStart);
        Assert.Equal(10, Write(ref outbox, 30));
        Assert.Equal(100, Write(ref outbox, 30));
        Assert.Equal(new string('a', 98) + new string('B', 98), _written.Text);
        Assert.True(outbox.IsAtFrameStart);
    }

    [Fact]
    public void The_oldest_frame_of_a_channel_is_dropped_and_what_the_peer_caused_stays()
    {
        var outbox = new Outbox();
        foreach (var piece in new[] { "a", "B", "c", "D", "e" }) Append(ref outbox, piece, channel: piece);
        AppendShared(ref outbox, Cause.Own, "F", "F");

        Assert.False(outbox.TryDropOldest("x", out _));
        Assert.True(outbox.TryDropOldest("D", out var dropped));
        Assert.Equal((Header + 1, Header + 1, 0), (dropped.Total, dropped.Others, dropped.Own));
        Assert.True(outbox.TryDropOldest(null, out _));
        Assert.False(outbox.TryDropOldest(null, out _));
        Assert.Equal(4 * (Header + 1), outbox.Length);
        Write(ref outbox, 100);
        Assert.Equal("aceF", _written.Text);
    }

    [Fact]
    public void Bytes_are_counted_by_their_cause_when_they_leave_too()
    {
        var outbox = new Outbox();
        Append(ref outbox, Cause.Own, "aa");
        Append(ref outbox, Cause.None, "b");
        Append(ref outbox, Cause.Own, "c");
        Append(ref outbox, Cause.Others, "d");
        AppendShared(ref outbox, Cause.Others, "EEE", "room");
        AppendShared(ref outbox, Cause.Own, "F", "room");

        var bytes = outbox.Take(1000).Bytes;
        Assert.Equal((6 * Header) + 9, bytes.Total);
        Assert.Equal((3 * Header) + 4, bytes.Own);
        Assert.Equal((2 * Header) + 4, bytes.Others);
    }

    // Very short frames of alternating causes used to be refused, or would have needed more memory for their order than for their bytes.
    [Fact]
    public void Very_many_frames_of_alternating_causes_share_runs_and_are_counted_as_they_leave()
    {
        var outbox = new Outbox();
        var counted = default(ByteCounts);
        for (var i = 0; i < 2000; i++) counted.Add(Append(ref outbox, i % 2 == 0 ? Cause.Own : Cause.Others, "x"), Header + 1);

        Assert.InRange(outbox.FrameCount, 1, 600);
        var left = default(ByteCounts);
        while (!outbox.IsEmpty)
        {
            var batch = outbox.Take(100);
            left.Add(Cause.Own, batch.Bytes.Own);
            left.Add(Cause.Others, batch.Bytes.Others);
            batch.WriteTo(_written);
        }

        Assert.Equal(counted, left);
        Assert.Equal(new string('x', 2000), _written.Text);
    }

    [Fact]
    public void Any_mix_of_appends_drops_and_writes_agrees_with_a_list()
    {
        var random = new Random(20261124);
        for (var round = 0; round < 200; round++)
        {
            var outbox = new Outbox();
            var expected = new List<string>();
            var written = new Recorder();
            var model = new StringBuilder();
            for (var step = 0; step < 100; step++)
            {
                switch (random.Next(6))
                {
                    case 0 when expected.Find(piece => char.IsUpper(piece[0])) is { } oldest:
                        Assert.True(outbox.TryDropOldest(null, out _));
                        expected.Remove(oldest);
                        break;
                    case 1:
                        while (!outbox.IsEmpty) outbox.Take(random.Next(1, 2000)).WriteTo(written);
                        model.AppendJoin("", expected);
                        expected.Clear();
                        break;
                    default:
                        var letters = new string((char)((random.Next(2) == 0 ? 'a' : 'A') + random.Next(26)), random.Next(1, 400));
                        Append(ref outbox, letters);
                        expected.Add(letters);
                        break;
                }

                Assert.Equal(expected.Sum(piece => Frame(piece).Length), outbox.Length);
            }

            outbox.Clear();
            Assert.Equal(model.ToString(), written.Text);
        }
    }

    private long Write(ref Outbox outbox, int budget)
    {
        var batch = outbox.Take(budget);
        var length = batch.Bytes.Total;
        batch.WriteTo(_written);
        return length;
    }

    // Capitals are frames shared with others, small letters a peer's own.
    private static void Append(ref Outbox outbox, string piece, string channel = "channel")
    {
        if (char.IsLower(piece[0])) Append(ref outbox, Cause.Own, piece);
        else AppendShared(ref outbox, Cause.Others, piece, channel);
    }

    private static Cause Append(ref Outbox outbox, Cause cause, string piece)
    {
        var frame = Frame(piece);
        return outbox.Append(cause, frame.AsSpan(0, Header), frame.AsSpan(Header));
    }

    private static void AppendShared(ref Outbox outbox, Cause cause, string piece, string channel)
    {
        var bytes = Frame(piece);
        var frame = SharedFrame.Create(channel, bytes.AsSpan(0, Header), bytes.AsSpan(Header));
        outbox.Append(cause, frame);
        frame.Release();
    }

    // A text frame of a server: RFC 6455 §5.2.
    private static byte[] Frame(string text)
    {
        byte[] length = text.Length < 126 ? [(byte)text.Length] : [126, (byte)(text.Length >> 8), (byte)text.Length];
        return [0x81, .. length, .. Encoding.ASCII.GetBytes(text)];
    }

    // Keeps what was written, without the headers.
    private sealed class Recorder : PeerTransport
    {
        private readonly List<byte> _bytes = [];

        public string Text
        {
            get
            {
                var text = new StringBuilder();
                for (var at = 0; at < _bytes.Count;)
                {
                    var (start, length) = _bytes[at + 1] < 126 ? (at + 2, _bytes[at + 1]) : (at + 4, (_bytes[at + 2] << 8) + _bytes[at + 3]);
                    text.Append(Encoding.ASCII.GetString([.. _bytes.Skip(start).Take(length)]));
                    at = start + length;
                }

                return text.ToString();
            }
        }

        public override void Write(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public override Task ReadAllAsync(PeerConnection connection) => Task.CompletedTask;

        public override void ReleaseInput()
        {
        }

        public override ValueTask<FlushResult> FlushAsync() => default;

        public override ValueTask CompleteAsync() => default;

        public override void Abort()
        {
        }
    }
}
