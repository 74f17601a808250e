namespace Peers.Fuzzing;

/// <summary>Cuts a stream into pieces as a byte of the input says: the same byte, the same cuts.</summary>
internal static class Chops
{
    /// <summary>The lengths of the pieces of a stream: for 0 one byte each, for 255 the whole, else up to so many bytes.</summary>
    public static IEnumerable<Range> Of(int length, byte seed)
    {
        uint state = seed;
        for (int start = 0; start < length;)
        {
            state = (state * 1664525) + 1013904223;
            int size = seed == byte.MaxValue ? length : 1 + (int)((state >> 16) % (seed + 1u));
            int end = Math.Min(length, start + size);
            yield return start..end;
            start = end;
        }
    }
}
