using System.Collections;
using System.Globalization;
using System.Text;

namespace Peers.Observability;

/// <summary>
/// One line of the log, as providers receive it: its values by name, each safe to read and bounded, the number of suppressed lines as
/// <c>Suppressed</c>, and the template as <c>{OriginalFormat}</c>. <see cref="ToString"/> is the text. Immutable.
/// </summary>
internal sealed class LogLine : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The end of every template: how many lines were suppressed, and nothing where none was.</summary>
    public const string Suppressed = "{Suppressed:' ('0' similar not logged)';;''}";

    private const string OriginalFormat = "{OriginalFormat}";

    private readonly List<KeyValuePair<string, object?>> _values;
    private readonly string _template;

    /// <summary>Takes the state of a <c>[LoggerMessage]</c> method: its values by name, and the template as <c>{OriginalFormat}</c>.</summary>
    public LogLine(IReadOnlyList<KeyValuePair<string, object?>> state, int suppressed)
    {
        // A loop: a query over structs is compiled anew for each kind of struct, into a native binary too.
        var values = new List<KeyValuePair<string, object?>>(state.Count + 1);
        var template = "";
        for (var i = 0; i < state.Count; i++)
        {
            if (state[i].Key == OriginalFormat) template = (string)state[i].Value!;
            else values.Add(new(state[i].Key, Clean(state[i].Value)));
        }

        _template = template + Suppressed;
        values.Add(new("Suppressed", suppressed));
        values.Add(new(OriginalFormat, _template));
        _values = values;
    }

    public int Count => _values.Count;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The template with its values, formatted for the invariant culture.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var rest = _template.AsSpan();
        for (var open = rest.IndexOf('{'); open >= 0; open = rest.IndexOf('{'))
        {
            var close = rest.IndexOf('}');
            text.Append(rest[..open]).Append(Format(rest[(open + 1)..close]));
            rest = rest[(close + 1)..];
        }

        return text.Append(rest).ToString();
    }

    // A placeholder is a name, or a name and a format: "Limit:N0".
    private string Format(ReadOnlySpan<char> placeholder)
    {
        var colon = placeholder.IndexOf(':');
        var format = colon < 0 ? null : placeholder[(colon + 1)..].ToString();
        var name = colon < 0 ? placeholder : placeholder[..colon];
        foreach (var (key, value) in _values)
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase)) return ToText(value, format);
        }

        return "";
    }

    // Peers and numbers stay what they are, for providers that read them. Any other object becomes its text: a provider might write its members.
    private static object? Clean(object? value) => value switch
    {
        null or Peer or TimeSpan or Enum => value,
        string text => LogText.Clean(text),
        IEnumerable<string> texts => LogText.Clean(texts),
        _ => value.GetType().IsPrimitive ? value : ToText(value, format: null),
    };

    private static string ToText(object? value, string? format) => value switch
    {
        null => "(null)",
        string text => text,
        IFormattable formattable => LogText.Clean(formattable.ToString(format, CultureInfo.InvariantCulture)),
        _ => LogText.Clean(value.ToString() ?? ""),
    };
}
