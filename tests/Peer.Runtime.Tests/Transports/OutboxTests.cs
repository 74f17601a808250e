using System.IO.Pipelines;
using System.Text;
using Peers.Transports;

namespace Peers.Tests.Transports;

public sealed class OutboxTests
{
    private readonly Recorder _written = new();

    [Fact]
    public void Own_and_shared_bytes_leave_in_the_order_in_which_they_came()
    {
        var outbox = new Outbox();
        foreach (var piece in new[] { "a", "B", "c", "d", "E", "F", "g" }) Append(ref outbox, piece);

        Assert.Equal(7, outbox.Length);
        Assert.Equal(7, outbox.WriteTo(_written, 100));
        Assert.Equal("aBcdEFg", _written.Text);
        Assert.True(outbox.IsEmpty);
    }

    [Fact]
    public void A_budget_splits_own_bytes_but_never_a_shared_frame()
    {
        var outbox = new Outbox();
        foreach (var piece in new[] { "abc", "DEF", "gh" }) Append(ref outbox, piece);

        Assert.Equal(2, outbox.WriteTo(_written, 2));
        Assert.Equal(4, outbox.WriteTo(_written, 2));
        Assert.Equal("abcDEF", _written.Text);
        Assert.Equal(2, outbox.Length);
        outbox.WriteTo(_written, 100);
        Assert.Equal("abcDEFgh", _written.Text);
    }

    [Fact]
    public void The_oldest_shared_frame_of_a_channel_is_dropped_and_own_bytes_stay()
    {
        var outbox = new Outbox();
        foreach (var piece in new[] { "a", "B", "c", "D", "e" }) Append(ref outbox, piece, channel: piece);

        Assert.False(outbox.TryDropOldest("x"));
        Assert.True(outbox.TryDropOldest("D"));
        Assert.True(outbox.TryDropOldest(null));
        Assert.False(outbox.TryDropOldest(null));
        Assert.Equal(3, outbox.Length);
        outbox.WriteTo(_written, 100);
        Assert.Equal("ace", _written.Text);
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
                        Assert.True(outbox.TryDropOldest(null));
                        expected.Remove(oldest);
                        break;
                    case 1:
                        outbox.WriteTo(written, int.MaxValue);
                        model.AppendJoin("", expected);
                        expected.Clear();
                        break;
                    default:
                        var letters = new string((char)((random.Next(2) == 0 ? 'a' : 'A') + random.Next(26)), random.Next(1, 400));
                        Append(ref outbox, letters);
                        expected.Add(letters);
                        break;
                }

                Assert.Equal(expected.Sum(piece => piece.Length), outbox.Length);
            }

            outbox.Clear();
            Assert.Equal(model.ToString(), written.Text);
        }
    }

    // Capitals are frames shared with others, small letters a peer's own.
    private static void Append(ref Outbox outbox, string piece, string channel = "channel")
    {
        var bytes = Encoding.ASCII.GetBytes(piece);
        if (char.IsLower(piece[0]))
        {
            outbox.Append(bytes.AsSpan(0, 1), bytes.AsSpan(1));
            return;
        }

        var frame = SharedFrame.Create(channel, bytes.AsSpan(0, 1), bytes.AsSpan(1));
        outbox.Append(frame);
        frame.Release();
    }

    private sealed class Recorder : PeerTransport
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public override void Write(ReadOnlySpan<byte> bytes) => _text.Append(Encoding.ASCII.GetString(bytes));

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
