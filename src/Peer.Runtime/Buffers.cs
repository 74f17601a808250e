using System.Buffers;
using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>Rents arrays: from the shared pool up to <see cref="LargestPooled"/>, and new ones beyond it, which are not kept.</summary>
/// <remarks>
/// The shared pool keeps up to 32 arrays of each size for each core, for a minute and longer. Where a few peers send messages of many megabytes it would hold hundreds of
/// megabytes long after they have left.
/// </remarks>
internal static class Buffers
{
    /// <summary>The size in bytes of the largest array that is pooled.</summary>
    public const int LargestPooled = 1024 * 1024;

    /// <summary>Rents an array with at least so many elements, whose content is undefined.</summary>
    public static T[] Rent<T>(int length) => length <= LargestPooled / Unsafe.SizeOf<T>() ? ArrayPool<T>.Shared.Rent(length) : GC.AllocateUninitializedArray<T>(length);

    /// <summary>Gives back an array that <see cref="Rent"/> returned. The caller must not use it any more.</summary>
    public static void Return<T>(T[] array)
    {
        if (array.Length <= LargestPooled / Unsafe.SizeOf<T>()) ArrayPool<T>.Shared.Return(array);
    }
}
