using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int Messages = 100_000;

    [Theory]
    [InlineData(1, 20), InlineData(2, 20), InlineData(1, 1024), InlineData(2, 16384)]
    public void Messages_in_one_frame_allocate_nothing(int opcode, int size)
    {
        byte[] frame = Wire.Frame(opcode, new byte[size]);
        Assert.Equal(0, Allocated(frame, chop: frame.Length));
    }

    [Fact]
    public void Text_that_is_not_ASCII_allocates_nothing()
    {
        byte[] frame = Wire.Text("žluťoučký kůň 😀");
        Assert.Equal(0, Allocated(frame, chop: frame.Length));
    }

    // The shared pool may drop a buffer at a full collection, which other tests cause: a few rents in all, not a byte a message.
    [Theory]
    [InlineData(int.MaxValue), InlineData(7)]
    public void Messages_in_fragments_and_chops_allocate_nothing_once_the_pool_is_warm(int chop)
    {
        byte[] stream = Wire.Join(Wire.Text("Hello, ", fin: false), Wire.Ping("in between"), Wire.Last("world"));
        Assert.InRange(Allocated(stream, chop), 0, 4096);
    }

    private static long Allocated(byte[] stream, int chop)
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] input = new byte[stream.Length];
        Assert.NotEqual(0, Read(assembler, stream, input, chop, messages: 1000));

        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(assembler, stream, input, chop, Messages);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int Read(MessageAssembler assembler, byte[] stream, byte[] input, int chop, int messages)
    {
        int seen = 0;
        for (int round = 0; round < messages; round++)
        {
            stream.CopyTo(input, 0);
            for (int start = 0; start < input.Length; start += Math.Min(chop, input.Length))
            {
                int offset = 0;
                Memory<byte> piece = input.AsMemory(start, Math.Min(chop, input.Length - start));
                while (assembler.Read(piece, ref offset, out _) != FrameEvent.NeedMore)
                {
                    if (assembler.Fault.IsFault) Assert.Fail(assembler.Fault.Reason);
                    seen++;
                }
            }
        }
        return seen;
    }
}
