using FsCheck.Xunit;

namespace Peers.Tests.WebSockets;

public sealed class ChoppingTests
{
    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 300)]
    internal void Conversation_in_one_piece_gives_its_events(Conversation conversation) =>
        Assert.Equal(conversation.Events, Reading.InPieces(conversation.Stream, int.MaxValue));

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 300)]
    internal void Conversation_byte_by_byte_gives_the_same_events(Conversation conversation) =>
        Assert.Equal(conversation.Events, Reading.InPieces(conversation.Stream, 1));

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 1000)]
    internal void Conversation_in_any_pieces_gives_the_same_events(Conversation conversation, byte[] sizes) =>
        Assert.Equal(conversation.Events, Reading.InPieces(conversation.Stream, Sizes(sizes)));

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 50)]
    internal void Conversation_cut_at_every_place_in_turn_gives_the_same_events(Conversation conversation)
    {
        byte[] stream = conversation.Stream;
        int step = Math.Max(1, stream.Length / 300);
        for (int cut = 1; cut < stream.Length; cut += step) Assert.Equal(conversation.Events, Reading.InPieces(stream, cut, stream.Length));
    }

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 1000)]
    internal void Conversation_with_spoilt_bytes_ends_the_same_in_any_pieces(Conversation conversation, (int At, byte Value)[] spoilt, byte[] sizes)
    {
        byte[] stream = [.. conversation.Stream];
        foreach ((int at, byte value) in spoilt)
        {
            if (stream.Length > 0) stream[(int)((uint)at % (uint)stream.Length)] = value;
        }

        Assert.Equal(Reading.InPieces(stream, int.MaxValue), Reading.InPieces(stream, Sizes(sizes)));
    }

    [Property(MaxTest = 2000)]
    public void Random_bytes_end_in_events_or_a_fault_and_never_in_an_exception(byte[] stream, byte[] sizes) =>
        Assert.Equal(Reading.InPieces(stream, int.MaxValue), Reading.InPieces(stream, Sizes(sizes)));

    private static int[] Sizes(byte[] sizes) => sizes.Length == 0 ? [3] : [.. sizes.Select(size => 1 + (size % 40))];
}
