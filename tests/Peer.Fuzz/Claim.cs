using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Peers.Fuzzing;

/// <summary>What must hold whatever the input.</summary>
internal static class Claim
{
    private static BrokenClaimException? s_broken;

    /// <summary>Forgets what was thrown before.</summary>
    public static void Reset() => Volatile.Write(ref s_broken, null);

    /// <summary>Throws again what was thrown where somebody may have caught it, such as in a hook.</summary>
    public static void ThrowIfBroken()
    {
        if (Interlocked.Exchange(ref s_broken, null) is { } broken) throw new BrokenClaimException(broken.Message, broken);
    }

    public static void That([DoesNotReturnIf(false)] bool holds, [CallerArgumentExpression(nameof(holds))] string claim = "")
    {
        if (!holds) throw Break(claim);
    }

    public static void Same<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw Break($"{what} is {actual}, not {expected}");
    }

    public static void SameList<T>(IReadOnlyList<T> expected, IReadOnlyList<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!expected.SequenceEqual(actual)) throw Break($"{what} is [{string.Join("; ", actual)}], not [{string.Join("; ", expected)}]");
    }

    /// <summary>That a list is what another begins with.</summary>
    public static void Begins<T>(IReadOnlyList<T> whole, IReadOnlyList<T> start, [CallerArgumentExpression(nameof(start))] string what = "")
    {
        if (!whole.Take(start.Count).SequenceEqual(start)) throw Break($"{what} is [{string.Join("; ", start)}], which [{string.Join("; ", whole)}] does not begin with");
    }

    private static BrokenClaimException Break(string claim) => s_broken = new(claim);
}

/// <summary>A claim of ours does not hold.</summary>
internal sealed class BrokenClaimException(string claim, Exception? first = null) : Exception(claim, first);
