using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Peers.Tests.Editing;

/// <summary>A file with mistakes of one rule, each between <c>/*PEER001*/</c> and <c>/**/</c>.</summary>
internal sealed partial record MistakeFile(string Name, string Text)
{
    public static IReadOnlyList<MistakeFile> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Folder(), "Mistakes"), "*.cs").Order(StringComparer.Ordinal).Select(path => new MistakeFile(Path.GetFileName(path), File.ReadAllText(path)))];

    /// <summary>What is to be reported, as <see cref="Describe"/> prints it.</summary>
    public IEnumerable<string> Expected => Marked().Matches(Text).Select(m => $"{Name} {m.Groups[1].Value} {m.Groups[2].Index} '{m.Groups[2].Value}'");

    /// <summary>Whether an error of the compiler's comes with one of our own: not partial, not imported, no message or handler.</summary>
    public static bool IsReportedByTheCompilerToo(string id) => id is "CS0260" or "CS0246" or "CS0311" or "CS0315";

    /// <summary>A diagnostic as file, rule, place and what is underlined.</summary>
    public static string Describe(Diagnostic diagnostic)
    {
        var (tree, span) = (diagnostic.Location.SourceTree!, diagnostic.Location.SourceSpan);
        return $"{Path.GetFileName(tree.FilePath)} {diagnostic.Id} {span.Start} '{tree.GetText().ToString(span)}'";
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"/\*(PEER\d{3})\*/(.*?)/\*\*/")]
    private static partial Regex Marked();
}
