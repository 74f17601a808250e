namespace Peers.Tests.Analyzers;

/// <summary>Analyzers, release notes and pages say the same.</summary>
public sealed class DiagnosticDocsTests
{
    private static readonly string s_root = FindRoot();

    [Fact]
    public void The_table_lists_every_diagnostic()
    {
        var rows = Lines("docs/diagnostics/README.md", "| [PEER");
        Assert.Equal(AllRules.Descriptors.Select(r => $"| [{r.Id}]({r.Id}.md) | {r.Category} | {r.DefaultSeverity} | {r.Title} |"), rows);
    }

    [Fact]
    public void The_release_notes_list_every_diagnostic()
    {
        var rows = Lines("src/Peer.Generators/AnalyzerReleases.Shipped.md", "PEER").Concat(Lines("src/Peer.Generators/AnalyzerReleases.Unshipped.md", "PEER"));
        Assert.Equal(AllRules.Descriptors.Select(r => $"{r.Id} | {r.Category} | {r.DefaultSeverity} | {r.Title}"), rows);
    }

    [Fact]
    public void Every_diagnostic_has_its_page_and_links_to_it()
    {
        foreach (var rule in AllRules.Descriptors)
        {
            var page = File.ReadAllText(Path.Combine(s_root, "docs/diagnostics", rule.Id + ".md"));
            Assert.StartsWith($"# {rule.Id}: {rule.Title}\n", page, StringComparison.Ordinal);
            foreach (var heading in (string[])["## Flagged", "## Fixed", "## Deliberately not flagged"]) Assert.Contains(heading, page, StringComparison.Ordinal);
            Assert.EndsWith($"docs/diagnostics/{rule.Id}.md", rule.HelpLinkUri, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_page_has_its_diagnostic() =>
        Assert.Equal(
            AllRules.Descriptors.Select(r => r.Id),
            Directory.GetFiles(Path.Combine(s_root, "docs/diagnostics"), "PEER*.md").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Lines(string file, string start) =>
        File.ReadLines(Path.Combine(s_root, file)).Where(line => line.StartsWith(start, StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Peer.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
