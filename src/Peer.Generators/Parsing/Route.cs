namespace Peers.Generators;

/// <summary>A route pattern and the values that it has.</summary>
/// <remarks>Reads <c>{name}</c>, <c>{name:constraint}</c>, <c>{name=default}</c>, <c>{name?}</c> and <c>{*name}</c>; doubled braces are text.</remarks>
internal sealed class Route
{
    private readonly Dictionary<string, bool> _values = new(StringComparer.OrdinalIgnoreCase);

    public Route(string pattern)
    {
        Pattern = pattern;
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] != '{') continue;
            if (at + 1 < pattern.Length && pattern[at + 1] == '{')
            {
                at++;
                continue;
            }
            var end = EndOf(pattern, at + 1);
            Add(pattern.Substring(at + 1, end - at - 1));
            at = end;
        }
    }

    public string Pattern { get; }

    /// <summary>Whether the route names this value.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Whether every request of this route has this value.</summary>
    public bool AlwaysHas(string name) => _values.TryGetValue(name, out var always) && always;

    private void Add(string value)
    {
        var name = value.TrimStart('*');
        var end = name.IndexOfAny([':', '=', '?']);
        var isCatchAll = name.Length < value.Length;
        var isOptional = name.EndsWith("?", StringComparison.Ordinal);
        _values[end < 0 ? name : name.Substring(0, end)] = !isCatchAll && !isOptional;
    }

    private static int EndOf(string pattern, int at)
    {
        for (; at < pattern.Length; at++)
        {
            if (pattern[at] != '}') continue;
            if (at + 1 >= pattern.Length || pattern[at + 1] != '}') return at;

            at++;
        }
        return pattern.Length;
    }
}
