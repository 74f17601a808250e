namespace Peers.Generators;

/// <summary>A route pattern and the values that it has.</summary>
/// <remarks>Reads <c>{name}</c>, <c>{name:constraint}</c>, <c>{name=default}</c>, <c>{name?}</c> and <c>{*name}</c>; doubled braces are text.</remarks>
internal sealed class Route
{
    private readonly Dictionary<string, bool> _values = new(StringComparer.OrdinalIgnoreCase);

    public Route(string pattern)
    {
        Pattern = pattern;
        for (var at = 0; at < pattern.Length && Error is null; at++)
        {
            if (pattern[at] is not ('{' or '}')) continue;
            if (at + 1 < pattern.Length && pattern[at + 1] == pattern[at]) at++;
            else if (pattern[at] == '}') Error = "a '}' closes nothing";
            else at = Read(at + 1);
        }
    }

    /// <summary>What is wrong with the braces, as a clause; null where nothing is.</summary>
    public string? Error { get; private set; }

    public string Pattern { get; }

    /// <summary>Whether the route names this value.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Whether every request of this route has this value.</summary>
    public bool AlwaysHas(string name) => _values.TryGetValue(name, out var always) && always;

    // The value whose name begins here; returns where its brace closes.
    private int Read(int start)
    {
        var end = EndOf(Pattern, start);
        if (end == Pattern.Length) Error = "a '{' is not closed";
        else if (end == start) Error = "'{}' has no name";
        else Add(Pattern.Substring(start, end - start));
        return end;
    }

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
