using System.Text.RegularExpressions;

namespace Peers.Tests;

/// <summary>Code in the docs is code of the samples and tests, which is built and run; and links lead somewhere.</summary>
public sealed partial class DocsTests
{
    public static TheoryData<string> Pages { get; } =
    [
        "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Order(StringComparer.Ordinal).Select(path => $"docs/{Path.GetFileName(path)}"),
        // The pages of the packages.
        .. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(folder => $"src/{Path.GetFileName(folder)}/README.md").Where(page => File.Exists(Path.Combine(Repository.Root, page))).Order(StringComparer.Ordinal),
    ];

    [Theory, MemberData(nameof(Pages))]
    public void Every_csharp_block_names_the_files_it_is_from(string page)
    {
        var text = Repository.Read(page);
        Assert.Equal(CSharpBlock().Count(text), Excerpt().Count(text));
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_passage_of_a_csharp_block_stands_in_its_files(string page)
    {
        foreach (Match excerpt in Excerpt().Matches(Repository.Read(page)))
        {
            var source = string.Concat(FileName().Matches(excerpt.Groups["from"].Value).Select(file => Repository.Read(file.Value)));
            foreach (var passage in excerpt.Groups["code"].Value.Split("\n\n")) Assert.Contains(WithoutEllipsis(passage), source, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_file_it_links_to_is_there(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        var broken = Link().Matches(Repository.Read(page)).Select(link => link.Groups[1].Value).Where(target => !Path.Exists(Path.Combine(folder, target)));
        Assert.Empty(broken);
    }

    // Outside the repository, as on the page of a package, links are whole.
    [Theory, MemberData(nameof(Pages))]
    public void Every_file_of_the_repository_that_it_links_to_from_outside_is_there(string page)
    {
        var broken = LinkFromOutside().Matches(Repository.Read(page)).Select(link => link.Groups[1].Value).Where(target => !Path.Exists(Path.Combine(Repository.Root, target)));
        Assert.Empty(broken);
    }

    // "// …" and the brace that follows it stand for the rest of a class.
    private static string WithoutEllipsis(string passage) => passage.Split("\n    // …")[0].Trim('\n');

    [GeneratedRegex("^```csharp$", RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("<!-- from (?<from>[^\n]*) -->\n```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"[\w./]+\.cs")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\]\(([^):#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\(https://github\.com/peer-dotnet/peer/blob/main/([^)#]+)")]
    private static partial Regex LinkFromOutside();
}
