namespace Peers;

/// <summary>A channel's name with parameters in braces, such as <c>room/{room}</c>. Generated code fills it in.</summary>
/// <remarks>
/// Values are percent-encoded, so that none of them can reach into another part of the name. A template with one parameter keeps the names
/// that it made last: asked again for one of them it allocates nothing. Safe from any thread.
/// </remarks>
public sealed class ChannelTemplate
{
    private const int CacheSize = 256;
    private const int LongestCached = 128;

    private readonly string[] _literals;

    // Direct-mapped. Entries never change, so readers need no lock: a race only forgets a name.
    private readonly Entry?[]? _cache;

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">A brace is not closed.</exception>
    public ChannelTemplate(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        _literals = Split(template);
        if (_literals.Length == 2) _cache = new Entry?[CacheSize];
    }

    /// <summary>How many parameters it has.</summary>
    public int Count => _literals.Length - 1;

    /// <summary>The name for one value.</summary>
    /// <exception cref="ArgumentException">The template has not one parameter.</exception>
    public string Name(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (_cache is null) return Name([value]);

        ref var slot = ref _cache[value.GetHashCode(StringComparison.Ordinal) & (CacheSize - 1)];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && entry.Value == value) return entry.Name;

        var name = Name([value]);
        if (value.Length <= LongestCached) Volatile.Write(ref slot, new(value, name));
        return name;
    }

    /// <summary>The name for several values, in the order of the braces.</summary>
    /// <exception cref="ArgumentException">There are more or fewer values than parameters.</exception>
    public string Name(params ReadOnlySpan<string> values)
    {
        if (values.Length != Count) throw new ArgumentException($"The template has {Count} parameters, and got {values.Length} values.", nameof(values));

        var name = _literals[0];
        for (var i = 0; i < values.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(values[i], nameof(values));
            name = string.Concat(name, Uri.EscapeDataString(values[i]), _literals[i + 1]);
        }
        return name;
    }

    /// <summary>A value as text that is the same in every culture.</summary>
    public static string Text<T>(T value) where T : IFormattable => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    private static string[] Split(string template)
    {
        var literals = new List<string>();
        var start = 0;
        while (template.IndexOf('{', start) is var open and >= 0)
        {
            var close = template.IndexOf('}', open);
            if (close < 0) throw new FormatException($"A brace is not closed in '{template}'.");

            literals.Add(template[start..open]);
            start = close + 1;
        }
        literals.Add(template[start..]);
        return [.. literals];
    }

    private sealed record Entry(string Value, string Name);
}
