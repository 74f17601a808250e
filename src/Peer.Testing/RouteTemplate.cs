namespace Peers;

/// <summary>A route pattern, matched as ASP.NET Core would: text, <c>{name}</c>, <c>{name?}</c>, <c>{name=default}</c>, <c>{*rest}</c>.</summary>
/// <remarks>Constraints are not checked. A segment is either text or one parameter.</remarks>
internal sealed class RouteTemplate
{
    private readonly Segment[] _segments;

    /// <summary>Takes a pattern apart.</summary>
    /// <exception cref="ArgumentException">A segment mixes text and parameters.</exception>
    public RouteTemplate(string pattern)
    {
        Pattern = pattern;
        _segments = [.. Split(pattern).Select(segment => Parse(segment, pattern))];
        Precedence = string.Concat(_segments.Select(segment => (char)('0' + (int)segment.Kind)));
    }

    /// <summary>The pattern.</summary>
    public string Pattern { get; }

    /// <summary>Of the templates that match a path, the one whose precedence comes first by ordinal is meant.</summary>
    public string Precedence { get; }

    /// <summary>Whether it has a parameter of that name.</summary>
    public bool Has(string name) => _segments.Any(segment => segment.Kind != SegmentKind.Text && string.Equals(segment.Text, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Matches a path that is still percent-encoded; values are decoded, <c>%2F</c> apart.</summary>
    /// <returns>The route values, or null where it does not match.</returns>
    public Dictionary<string, string>? Match(string path)
    {
        var parts = Split(path);
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            if (segment.Kind == SegmentKind.CatchAll)
            {
                segment.Keep(i < parts.Length ? Decode(string.Join('/', parts[i..])) : null, values);
                return values;
            }

            if (!Matches(segment, i < parts.Length ? Decode(parts[i]) : null, values)) return null;
        }

        return parts.Length <= _segments.Length ? values : null;
    }

    /// <summary>Decodes percent-encoding but for <c>%2F</c>, which would make two segments of one.</summary>
    public static string Decode(string text) => Uri.UnescapeDataString(text.Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase));

    private static bool Matches(Segment segment, string? part, Dictionary<string, string> values)
    {
        if (segment.Kind == SegmentKind.Text) return string.Equals(segment.Text, part, StringComparison.OrdinalIgnoreCase);
        if (part is "" || (part is null && !segment.IsOptional)) return false;
        segment.Keep(part, values);
        return true;
    }

    // One slash at the end makes no difference.
    private static string[] Split(string path)
    {
        var inner = path.StartsWith('/') ? path[1..] : path;
        if (inner.EndsWith('/')) inner = inner[..^1];
        return inner.Length == 0 ? [] : inner.Split('/');
    }

    private static Segment Parse(string segment, string pattern)
    {
        if (!segment.Contains('{') && !segment.Contains('}')) return new(SegmentKind.Text, segment, false, null);
        if (segment is not ['{', .. var inside, '}'] || HasBrace(inside)) throw new ArgumentException(
            $"The segment '{segment}' of '{pattern}' mixes text and parameters, which the test host does not match. Map the handler to a pattern whose segments are either.", nameof(pattern));

        var name = inside.TrimStart('*');
        var end = name.AsSpan().IndexOfAny(":=?");
        var equals = name.IndexOf('=', name.LastIndexOf(')') + 1);
        var defaultValue = equals < 0 ? null : name[(equals + 1)..];
        var kind = inside[0] == '*' ? SegmentKind.CatchAll : name.Contains(':') ? SegmentKind.Constrained : SegmentKind.Parameter;
        return new(kind, end < 0 ? name : name[..end], name.EndsWith('?') || defaultValue is not null, defaultValue);
    }

    // Braces of a constraint are doubled.
    private static bool HasBrace(string text) =>
        text.Replace("{{", "", StringComparison.Ordinal).Replace("}}", "", StringComparison.Ordinal).AsSpan().ContainsAny('{', '}');

    // In the order in which ASP.NET Core prefers them.
    private enum SegmentKind
    {
        Text = 1,
        Constrained = 2,
        Parameter = 3,
        CatchAll = 5,
    }

    private sealed record Segment(SegmentKind Kind, string Text, bool IsOptional, string? Default)
    {
        public void Keep(string? value, Dictionary<string, string> values)
        {
            if ((value ?? Default) is { } kept) values[Text] = kept;
        }
    }
}
