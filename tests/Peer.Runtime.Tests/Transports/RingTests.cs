using System.Buffers;
using Peers.Transports;

namespace Peers.Tests.Transports;

public sealed class RingTests
{
    // A pool promises at least as many places as were asked for. A position that wrapped around by the array's length, where that was no power of two, met another's value.
    [Theory]
    [InlineData(0), InlineData(1), InlineData(3), InlineData(100)]
    public void Any_mix_of_pushes_and_removals_agrees_with_a_list_whatever_the_length_of_the_pools_arrays(int surplus)
    {
        var pool = new OddPool(surplus);
        var random = new Random(20261201);
        var ring = new Ring<string>(pool);
        for (var round = 0; round < 20; round++)
        {
            var expected = new List<string>();
            for (var step = 0; step < 500; step++)
            {
                if (expected.Count > 0 && random.Next(4) == 0)
                {
                    var index = random.Next(2) == 0 ? 0 : random.Next(expected.Count);
                    ring.RemoveAt(index);
                    expected.RemoveAt(index);
                }
                else
                {
                    ring.Push($"{step}");
                    expected.Add($"{step}");
                }

                Assert.Equal(expected.Count, ring.Count);
            }

            for (var i = 0; i < expected.Count; i++) Assert.Equal(expected[i], ring[i]);
            while (ring.Count > 0) ring.Pop();
            ring.Return();
        }

        Assert.NotEqual(0, pool.Rented);
        Assert.Equal(pool.Rented, pool.Returned);
    }

    // Returns arrays that are longer than was asked for, and takes back only those that hold no references.
    private sealed class OddPool(int surplus) : ArrayPool<string>
    {
        public int Rented { get; private set; }

        public int Returned { get; private set; }

        public override string[] Rent(int minimumLength)
        {
            Rented++;
            return new string[minimumLength + surplus];
        }

        public override void Return(string[] array, bool clearArray = false)
        {
            Returned++;
            Assert.All(array, Assert.Null);
        }
    }
}
