using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

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

    /// <summary>The names in braces that are none of these parameters.</summary>
    public IReadOnlyList<string> UnknownAmong(ImmutableArray<IParameterSymbol> parameters) =>
        [.. Names.Where(name => parameters.All(p => p.Name != name)).Distinct(StringComparer.Ordinal)];

    /// <summary>The names of these parameters that no braces hold.</summary>
    public IReadOnlyList<string> UnusedAmong(ImmutableArray<IParameterSymbol> parameters) =>
        [.. parameters.Select(p => p.Name).Where(name => !Names.Contains(name, StringComparer.Ordinal))];

    /// <summary>The template with one character for each parameter.</summary>
    public static string ReplaceParameters(string text, char parameter) => s_parameter.Replace(text, parameter.ToString());

    private static string? FindError(string text)
    {
        if (text.Length == 0) return "has an empty template";

        return s_parameter.Replace(text, "").IndexOfAny(['{', '}']) >= 0 ? $"has the template '{text}', in which a brace is no parameter" : null;
    }
}
