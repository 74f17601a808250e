using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.MSBuild;

namespace Peers.Tests.Editing;

/// <summary>What somebody sees who opens a project with one mistake of each rule, and who formats it from the command line.</summary>
public sealed class EditorTests
{
    [Fact]
    public async Task A_project_with_every_mistake_reports_exactly_these_and_every_fix_leaves_code_that_compiles()
    {
        using var files = await MistakesProject.CreateAsync(MistakeFile.All);
        using var workspace = MSBuildWorkspace.Create();
        var project = await workspace.OpenProjectAsync(files.Path, cancellationToken: TestContext.Current.CancellationToken);
        var editor = Editor.Of(project);

        var diagnostics = await editor.DiagnoseAsync(project);
        Assert.Equal(MistakeFile.All.SelectMany(file => file.Expected), diagnostics.Select(MistakeFile.Describe));
        var before = await ErrorsAsync(project);
        Assert.All(before, error => Assert.True(MistakeFile.IsReportedByTheCompilerToo(error.Split(' ')[1]), error));

        var mended = new HashSet<string>(StringComparer.Ordinal);
        foreach (var diagnostic in diagnostics)
        {
            foreach (var (_, action) in await editor.OffersAsync(project.Solution, diagnostic))
            {
                mended.Add(diagnostic.Id);
                var after = (await Editor.ApplyAsync(action)).GetProject(project.Id)!;
                Assert.Empty((await ErrorsAsync(after)).Except(before));
                Assert.Equal(diagnostics.Count - 1, (await editor.DiagnoseAsync(after)).Count);
            }
        }
        Assert.Equal(editor.Fixes.SelectMany(fix => fix.FixableDiagnosticIds).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), mended.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_command_line_applies_fixes()
    {
        var (notPartial, blocking) = (MistakeFile.All.Single(f => f.Name == "PEER001.cs"), MistakeFile.All.Single(f => f.Name == "PEER018.cs"));
        using var files = await MistakesProject.CreateAsync(notPartial, blocking);

        await files.DotnetAsync("format", "analyzers", files.Path, "--diagnostics", "PEER001", "PEER018", "--severity", "warn", "--no-restore");

        Assert.Contains("public sealed partial class", await ReadAsync(files.FileOf(notPartial)), StringComparison.Ordinal);
        Assert.Contains("await Task.Delay(1000)", await ReadAsync(files.FileOf(blocking)), StringComparison.Ordinal);
    }

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

    private static async Task<IReadOnlyList<string>> ErrorsAsync(Project project) =>
        [.. (await Editor.CompileAsync(project)).Where(d => d.Severity == DiagnosticSeverity.Error).Select(MistakeFile.Describe)];
}
