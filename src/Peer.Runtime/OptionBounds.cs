using System.Globalization;

namespace Peers;

/// <summary>The bounds of options: what is outside is thrown out with the option's name and the bounds.</summary>
internal static class OptionBounds
{
    /// <summary>More of anything counted in bytes fits into no array, once it is rounded up.</summary>
    public const int MostBytes = 1 << 30;

    // Timers take no more than 49 days, and sums of times are to stay times.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);

    public static void AtLeast(int least, int value, string option)
    {
        if (value < least) throw new ArgumentOutOfRangeException(option, value, $"PeerOptions.{option} must be at least {least}.");
    }

    public static void Within(int least, int most, int value, string option)
    {
        if (value < least || value > most) throw new ArgumentOutOfRangeException(option, value, $"PeerOptions.{option} must be from {least} to {most}.");
    }

    /// <summary>For what counts up to another option's value: from there on it would never be reached.</summary>
    public static void BytesBelow(int limit, string limiting, int value, string option)
    {
        if (value < limit) return;
        throw new ArgumentOutOfRangeException(option, value, string.Create(CultureInfo.InvariantCulture,
            $"PeerOptions.{option} ({value:N0} bytes) must be less than PeerOptions.{limiting} ({limit:N0} bytes), or it is never reached. Lower {option} or raise {limiting}."));
    }

    public static void Positive(TimeSpan value, string option)
    {
        if (IsWithin(value, s_longest)) return;
        throw new ArgumentOutOfRangeException(option, value, $"PeerOptions.{option} must be positive and at most {s_longest.Days} days.");
    }

    public static void PositiveOrInfinite(TimeSpan value, string option)
    {
        if (IsWithin(value, s_longest) || value == Timeout.InfiniteTimeSpan) return;
        throw new ArgumentOutOfRangeException(option, value, $"PeerOptions.{option} must be positive and at most {s_longest.Days} days, or Timeout.InfiniteTimeSpan.");
    }

    public static void Defined<TEnum>(TEnum value, string option) where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value)) throw new ArgumentOutOfRangeException(option, value, $"PeerOptions.{option} must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
    }

    private static bool IsWithin(TimeSpan value, TimeSpan longest) => value > TimeSpan.Zero && value <= longest;
}
