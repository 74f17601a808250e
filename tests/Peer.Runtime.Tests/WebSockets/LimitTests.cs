using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

// Conformance group 9, and the limits that the suite does not look at.
public sealed class LimitTests
{
    private const string TooBig = "Fault 1009 message too big";

    [Fact]
    public void Message_as_long_as_the_limit_passes_and_one_byte_more_is_too_big()
    {
        Assert.Equal(["Text 12345"], Read(limit: 5, Wire.Text("12345")));
        Assert.Equal([TooBig], Read(limit: 5, Wire.Text("123456")));
    }

    [Theory]
    [InlineData(6L, 0), InlineData(126L, 2), InlineData(65536L, 8), InlineData(1L << 31, 8), InlineData(long.MaxValue, 8)]
    public void Length_above_the_limit_is_refused_from_the_header(long length, int lengthField) =>
        Assert.Equal([TooBig], Read(limit: 5, Wire.Header(2, length, lengthField)));

    [Fact]
    public void Fragments_count_together_and_are_refused_from_the_header() =>
        Assert.Equal([TooBig], Read(limit: 5, Wire.Text("123", fin: false), Wire.Header(0, length: 3, lengthField: 0)));

    [Fact]
    public void Sum_of_lengths_does_not_overflow() =>
        Assert.Equal([TooBig], Read(limit: int.MaxValue, Wire.Text("123", fin: false), Wire.Header(0, long.MaxValue - 1, lengthField: 8)));

    [Fact]
    public void Length_that_broke_the_limit_is_told()
    {
        using var assembler = new MessageAssembler(expectMasked: true, maxMessageSize: 5, maxFragments: 10);
        Reading.InPieces(assembler, Wire.Join(Wire.Text("123", fin: false), Wire.Header(0, length: 70_000, lengthField: 8)), int.MaxValue);

        Assert.Equal(70_003, assembler.AnnouncedLength);
    }

    [Fact]
    public void Every_message_has_the_whole_limit_to_itself() =>
        Assert.Equal(["Text 12345", "Text abcde", "Text 12345"], Read(limit: 5, Wire.Text("12", fin: false), Wire.Last("345"), Wire.Text("abcde"), Wire.Text("1234", fin: false), Wire.Last("5")));

    [Fact]
    public void One_fragment_above_the_limit_is_too_many()
    {
        byte[][] three = [Wire.Text("1", fin: false), Wire.More("2"), Wire.Last("3")];
        byte[][] four = [Wire.Text("1", fin: false), Wire.More("2"), Wire.More("3"), Wire.Last("4")];

        Assert.Equal(["Text 123", "Text 123"], Read(limit: 5, [.. three, .. three]));
        Assert.Equal(["Fault 1009 too many fragments"], Read(limit: 5, four));
    }

    [Fact]
    public void Announced_length_costs_nothing_until_bytes_come()
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] piece = [.. Wire.Header(2, 16 * 1024 * 1024, lengthField: 8), .. new byte[1000]];
        int offset = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(FrameEvent.NeedMore, assembler.Read(piece, ref offset, out _));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024);
    }

    [Theory]
    [InlineData(1), InlineData(64), InlineData(1300)]
    public void Gathering_takes_at_most_twice_what_came(int step)
    {
        var gathered = new GatherBuffer();
        byte[] piece = new byte[step];
        for (int length = step; length <= 20_000; length += step)
        {
            gathered.Append(piece);
            Assert.Equal(length, gathered.Length);
            Assert.InRange(gathered.Capacity, length, Math.Max(256, 2 * length));
        }
        gathered.Return();
        Assert.Equal(0, gathered.Capacity);
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void Message_of_16_MiB_arrives_in_reads_of_64_KiB(int opcode)
    {
        byte[] payload = new byte[16 * 1024 * 1024];
        Array.Fill(payload, (byte)'a');

        Assert.Equal([payload.Length], Lengths(Wire.Frame(opcode, payload), chop: 65536));
    }

    [Fact]
    public void Message_of_4_MiB_arrives_in_65536_fragments_of_64_bytes()
    {
        byte[] part = new byte[64];
        using var stream = new MemoryStream();
        for (int at = 0; at < 65536; at++) stream.Write(Wire.Frame(at == 0 ? 2 : 0, part, fin: at == 65535));

        Assert.Equal([4 * 1024 * 1024], Lengths(stream.ToArray(), chop: 65536));
    }

    [Fact]
    public void Message_of_1_MiB_arrives_in_chops_of_64_bytes() =>
        Assert.Equal([1024 * 1024], Lengths(Wire.Frame(1, new byte[1024 * 1024]), chop: 64));

    [Theory]
    [InlineData(1), InlineData(65536)]
    public void Thousand_messages_arrive_in_one_stream(int chop)
    {
        byte[][] frames = [.. Enumerable.Range(0, 1000).Select(i => Wire.Text($"{i}"))];

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"Text {i}"), Reading.InPieces(Wire.Join(frames), chop));
    }

    private static List<string> Read(int limit, params byte[][] frames)
    {
        using var assembler = new MessageAssembler(expectMasked: true, limit, maxFragments: 3);
        return Reading.InPieces(assembler, Wire.Join(frames), int.MaxValue);
    }

    private static List<int> Lengths(byte[] stream, int chop)
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 65536);
        List<int> lengths = [];
        for (int start = 0; start < stream.Length; start += chop)
        {
            Memory<byte> piece = stream.AsMemory(start, Math.Min(chop, stream.Length - start));
            int offset = 0;
            while (assembler.Read(piece, ref offset, out ReadOnlyMemory<byte> payload) != FrameEvent.NeedMore)
            {
                Assert.False(assembler.Fault.IsFault, assembler.Fault.Reason);
                lengths.Add(payload.Length);
            }
        }
        return lengths;
    }
}
