using System.Text.RegularExpressions;

namespace Peers.Generators;

/// <summary>A channel's name with parameters in braces.</summary>
internal sealed class Template
{
    private static readonly Regex s_parameter = new(@"\{(?<name>[\p{L}_][\p{L}\p{N}_]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    public Template(string text)
    {
        Text = text;
        Names = [.. s_parameter.Matches(text).Cast<Match>().Select(m => m.Groups["name"].Value)];
        Error = FindError(text);
    }

    public string Text { get; }

    /// <summary>The names in braces, in order; one that stands twice is there twice.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What is wrong with the template itself, or null.</summary>
    public string? Error { get; }

    /// <summary>The template with one character for each parameter.</summary>
    public static string ReplaceParameters(string text, char parameter) => s_parameter.Replace(text, parameter.ToString());

    private static string? FindError(string text)
    {
        if (text.Length == 0) return "has an empty template";

        return s_parameter.Replace(text, "").IndexOfAny(['{', '}']) >= 0 ? $"has the template '{text}', in which a brace is no parameter" : null;
    }
}
