using System.Text.RegularExpressions;

namespace Peers.Tests;

/// <summary>Code in the README is code of the samples, which are built and tested.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void Every_CSharp_block_names_the_files_it_is_from() =>
        Assert.Equal(CSharpBlock().Count(s_readme), Excerpt().Count(s_readme));

    [Fact]
    public void Every_passage_of_a_CSharp_block_stands_in_its_files()
    {
        foreach (Match excerpt in Excerpt().Matches(s_readme))
        {
            var source = string.Concat(FileName().Matches(excerpt.Groups["from"].Value).Select(file => Read(file.Value)));
            foreach (var passage in excerpt.Groups["code"].Value.Split("\n\n")) Assert.Contains(WithoutEllipsis(passage), source, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_file_it_links_to_is_there()
    {
        foreach (Match link in Link().Matches(s_readme)) Assert.True(File.Exists(Path.Combine(Repository.Root, link.Groups[1].Value)), $"{link.Value} leads nowhere");
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    // "// …" and the brace that follows it stand for the rest of a class.
    private static string WithoutEllipsis(string passage) => passage.Split("\n    // …")[0].Trim('\n');

    [GeneratedRegex("^```csharp$", RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("<!-- from (?<from>.*) -->\n```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"samples/\S+\.cs")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\]\(([^):]+)\)")]
    private static partial Regex Link();
}
