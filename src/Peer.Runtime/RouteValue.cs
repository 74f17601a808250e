using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Peers;

/// <summary>Reads route values that are not text. Generated code checks each before a peer is let in, and reads it for the hooks that take it.</summary>
/// <remarks>
/// In the invariant culture. Enums by the name or the number of a value that is declared, whatever the case; several behind commas only
/// where the enum
/// is marked <see cref="FlagsAttribute"/>.
/// </remarks>
public static class RouteValue
{
    /// <summary>Whether the text is there and is a <typeparamref name="T"/>.</summary>
    public static bool CanRead<T>([NotNullWhen(true)] string? text) where T : IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out _);

    /// <summary>Whether the text is missing or is a <typeparamref name="T"/>.</summary>
    public static bool CanReadOptional<T>(string? text) where T : struct, IParsable<T> => text is null || CanRead<T>(text);

    /// <summary>Whether the text is there and is a <typeparamref name="T"/>.</summary>
    public static bool CanReadEnum<T>([NotNullWhen(true)] string? text) where T : struct, Enum => TryParseEnum<T>(text, out _);

    /// <summary>Whether the text is missing or is a <typeparamref name="T"/>.</summary>
    public static bool CanReadOptionalEnum<T>(string? text) where T : struct, Enum => text is null || CanReadEnum<T>(text);

    /// <summary>The value.</summary>
    /// <exception cref="FormatException">The text is missing or is no <typeparamref name="T"/>: the check before the handshake was left out.</exception>
    public static T Read<T>(string? text) where T : IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw NotReadable(text, typeof(T));

    /// <summary>The value, or null where the text is missing.</summary>
    /// <exception cref="FormatException">The text is no <typeparamref name="T"/>.</exception>
    public static T? ReadOptional<T>(string? text) where T : struct, IParsable<T> => text is null ? null : Read<T>(text);

    /// <summary>The value.</summary>
    /// <exception cref="FormatException">The text is missing or is no <typeparamref name="T"/>.</exception>
    public static T ReadEnum<T>(string? text) where T : struct, Enum =>
        TryParseEnum<T>(text, out var value) ? value : throw NotReadable(text, typeof(T));

    /// <summary>The value, or null where the text is missing.</summary>
    /// <exception cref="FormatException">The text is no <typeparamref name="T"/>.</exception>
    public static T? ReadOptionalEnum<T>(string? text) where T : struct, Enum => text is null ? null : ReadEnum<T>(text);

    /// <summary>The answer to a request whose route value cannot be read: 400. The host logs the name, never the value.</summary>
    /// <param name="name">The name of the route value, as the route has it.</param>
    public static UpgradeResult Unreadable(string name) => UpgradeResult.RejectRouteValue(name);

    private static bool TryParseEnum<T>([NotNullWhen(true)] string? text, out T value) where T : struct, Enum
    {
        value = default;
        if (text is null || (text.Contains(',', StringComparison.Ordinal) && !EnumKind<T>.IsFlags)) return false;

        return Enum.TryParse(text, ignoreCase: true, out value) && IsDeclared(value);
    }

    // Flags that are all declared have a text of names; any other number has one of digits.
    private static bool IsDeclared<T>(T value) where T : struct, Enum =>
        Enum.IsDefined(value) || (EnumKind<T>.IsFlags && char.IsLetter(value.ToString()[0]));

    private static class EnumKind<T> where T : struct, Enum
    {
        public static readonly bool IsFlags = typeof(T).IsDefined(typeof(FlagsAttribute), inherit: false);
    }

    private static FormatException NotReadable(string? text, Type type) =>
        new(text is null ? $"The route value for {type.Name} is missing." : $"A route value is no {type.Name}.");
}
