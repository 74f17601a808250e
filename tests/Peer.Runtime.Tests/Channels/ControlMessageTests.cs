using Peers.Channels;

namespace Peers.Tests.Channels;

/// <summary>What nodes tell each other, written and read.</summary>
public sealed class ControlMessageTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var written = new ControlWriter(ControlKind.Sequences).Write("a\uD800日").Write(new ChannelSequence("b", RelayHeader.MaxSequence, IsFresh: true)).Write(-5).Write("rest"u8).Written;

        var reader = new ControlReader(written);
        Assert.Equal((byte)ControlKind.Sequences, reader.Byte());
        Assert.Equal("a\uD800日", reader.Text());
        Assert.Equal(new ChannelSequence("b", RelayHeader.MaxSequence, IsFresh: true), reader.Sequence());
        Assert.Equal(-5, reader.Int32());
        Assert.Equal("rest"u8, reader.Rest);
        Assert.False(reader.IsBroken);
    }

    [Fact]
    public void What_was_cut_anywhere_is_broken_and_no_more()
    {
        var written = new ControlWriter(ControlKind.Sequences).Write(new ChannelSequence("room", 5)).Written.ToArray();
        for (var length = 0; length < written.Length; length++)
        {
            var reader = new ControlReader(written.AsSpan(0, length));
            reader.Byte();
            reader.Sequence();
            Assert.True(reader.IsBroken);
            Assert.True(reader.IsAtEnd);
        }
    }

    // A forged number of 2^63-1 silenced the node that it named.
    [Theory]
    [InlineData(-1), InlineData(RelayHeader.MaxSequence + 1), InlineData(long.MaxValue)]
    public void A_number_that_no_node_gives_is_broken(long sequence)
    {
        var reader = new ControlReader(new ControlWriter(ControlKind.Sequences).Write(new ChannelSequence("room", sequence)).Written);
        reader.Byte();
        reader.Sequence();

        Assert.True(reader.IsBroken);
    }

    [Theory]
    [InlineData(-1), InlineData(int.MaxValue), InlineData(int.MinValue), InlineData(3)]
    public void A_length_that_cannot_be_is_broken(int length)
    {
        var reader = new ControlReader(new ControlWriter(ControlKind.Ask).Write(length).Write("ab"u8).Written);
        reader.Byte();

        Assert.Equal("", reader.Text());
        Assert.True(reader.IsBroken);
    }
}
