using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Peers.Generators;

namespace Peers.Tests;

/// <summary>A project with one file of its own, in which mistakes are mended.</summary>
internal static class OneFile
{
    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Peer.Generators", StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith("Peer.CodeFixes", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Asserts that the one diagnostic of a source is mended into another source, which compiles and has none, or only what is left to another fix.</summary>
    public static async Task Fixes(string before, string after, string? leaves = null)
    {
        var project = Project(before);
        var diagnostic = Assert.Single(await Editor.Own.DiagnoseAsync(project));
        var (_, action) = Assert.Single(await Editor.Own.OffersAsync(project.Solution, diagnostic));

        await AssertBecomes(after, (await Editor.ApplyAsync(action)).GetProject(project.Id)!, leaves);
    }

    /// <summary>Asserts that all diagnostics of a source, which are of one kind, are mended at once.</summary>
    public static async Task FixesAll(string before, string after)
    {
        var project = Project(before);
        var diagnostics = await Editor.Own.DiagnoseAsync(project);
        Assert.True(diagnostics.Count > 1);
        var (provider, action) = Assert.Single(await Editor.Own.OffersAsync(project.Solution, diagnostics[0]));

        var mended = await Editor.Own.ApplyToAllAsync(project.Documents.First(), diagnostics[0].Id, provider, action);
        await AssertBecomes(after, mended.GetProject(project.Id)!);
    }

    /// <summary>Asserts that nothing is offered to mend the one diagnostic of a source.</summary>
    public static async Task OffersNothing(string source)
    {
        var project = Project(source);
        Assert.Empty(await Editor.Own.OffersAsync(project.Solution, Assert.Single(await Editor.Own.DiagnoseAsync(project))));
    }

    /// <summary>What is offered where the cursor is, which the source has as <c>$$</c>; nested offers by themselves.</summary>
    public static async Task<(Project Project, IReadOnlyList<CodeAction> Offers)> Refactor(string source)
    {
        var cursor = source.IndexOf("$$", StringComparison.Ordinal);
        var project = Project(source.Remove(cursor, 2));
        var offers = new List<CodeAction>();
        foreach (var refactoring in Editor.Own.Refactorings)
        {
            await refactoring.ComputeRefactoringsAsync(new(project.Documents.First(), new TextSpan(cursor, 0), offers.Add, TestContext.Current.CancellationToken));
        }
        return (project, [.. offers.SelectMany(o => o.NestedActions.IsEmpty ? [o] : o.NestedActions.AsEnumerable())]);
    }

    /// <summary>Asserts what a refactoring makes of a source, and that it compiles.</summary>
    public static async Task Refactors(string before, string title, string after)
    {
        var (project, offers) = await Refactor(before);
        var mended = await Editor.ApplyAsync(Assert.Single(offers, o => o.Title == title));
        await AssertBecomes(after, mended.GetProject(project.Id)!);
    }

    public static Project Project(string source, string name = "Source.cs")
    {
        var workspace = new AdhocWorkspace();
        var generator = new AnalyzerFileReference(typeof(PeerGenerator).Assembly.Location, new Loader());
        var info = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Tests", "Tests", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.CSharp14),
            metadataReferences: s_references, analyzerReferences: [generator]);
        var project = workspace.AddProject(info);
        return project.AddDocument(name, SourceText.From(source), filePath: $"/{name}").Project;
    }

    private static async Task AssertBecomes(string expected, Project project, string? leaves = null)
    {
        Assert.Equal(expected, (await project.Documents.First().GetTextAsync(TestContext.Current.CancellationToken)).ToString(), ignoreLineEndingDifferences: true);
        var problems = string.Join("\n", (await Editor.CompileAsync(project)).Select(d => d.ToString()));
        Assert.True(problems.Length == 0, problems);
        Assert.Empty((await Editor.Own.DiagnoseAsync(project)).Where(d => d.Id != leaves).Select(d => d.ToString()));
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath) { }

        public Assembly LoadFromPath(string fullPath) => typeof(PeerGenerator).Assembly;
    }
}
