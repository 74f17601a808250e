using System.Text.RegularExpressions;

namespace Peers.Tests.Editing;

/// <summary>A mistake is reported once, where it was made, and nowhere else: what uses the handler, message or channel still compiles.</summary>
public sealed class OneMistakeTests
{
    public static TheoryData<string> Names { get; } = [.. MistakeFile.All.Select(file => file.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_mistake_gives_its_own_diagnostics_and_no_error_elsewhere(string name)
    {
        var file = MistakeFile.All.Single(f => f.Name == name);
        var project = OneFile.Project(file.Text, name);
        Assert.Equal(file.Expected, (await Editor.Own.DiagnoseAsync(project)).Select(MistakeFile.Describe));

        // Some mistakes are reported by the compiler too, and in the same place.
        var places = file.Expected.Select(PlaceOf);
        var elsewhere = (await Editor.CompileAsync(project)).Where(d => !MistakeFile.IsReportedByTheCompilerToo(d.Id) || !places.Contains(PlaceOf(MistakeFile.Describe(d))));
        Assert.Empty(elsewhere.Select(d => d.ToString()));
    }

    // An error of the generator's own is no mistake that could be made, and a language version is that of the whole project.
    [Fact]
    public void Every_rule_has_its_mistake() =>
        Assert.Equal(Editor.Own.Rules.Where(rule => rule.Id is not ("PEER033" or "PEER034")).Select(rule => rule.Id + ".cs"), MistakeFile.All.Select(file => file.Name));

    [Fact]
    public void The_docs_list_what_is_mended()
    {
        var mended = Editor.Own.Fixes.SelectMany(fix => fix.FixableDiagnosticIds).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var line = Assert.Single(File.ReadLines(Path.Combine(Repository.Root, "docs/diagnostics/README.md")), l => l.StartsWith("The editor mends ", StringComparison.Ordinal));
        Assert.Equal(mended, Regex.Matches(line, @"PEER\d{3}").Select(m => m.Value));
    }

    // Without the rule, which stands second.
    private static string PlaceOf(string described) => string.Join(' ', described.Split(' ').Where((_, i) => i != 1));
}
