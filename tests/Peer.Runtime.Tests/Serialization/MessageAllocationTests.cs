namespace Peers.Tests;

public sealed class MessageAllocationTests
{
    private const int Stretches = 10;
    private const int Messages = 10_000;

    // The least of several stretches: what a message costs shows in each. What the runtime does now and then, such as trimming the shared pool, made one long stretch fail.
    [Fact]
    public void Writing_and_reading_a_struct_without_strings_allocates_nothing()
    {
        var message = new Position(17, -2.25, 1_000_000_007, true, Size.Large, new(3, 4), 5);
        RoundTrip(message, 100);

        var least = long.MaxValue;
        for (var stretch = 0; stretch < Stretches; stretch++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            RoundTrip(message, Messages);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static void RoundTrip(in Position message, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var buffer = MessageBuffer.Rent();
            buffer.Write(in message);
            if (!MessageSerializer.TryRead<Position>(buffer.PayloadSpan, out var read, out _) || read != message) throw new InvalidOperationException();
            buffer.Return();
        }
    }
}

[Message]
public readonly partial record struct Position(int Id, double Angle, long Tick, bool IsMoving, Size Size, Point At, int? Target);
