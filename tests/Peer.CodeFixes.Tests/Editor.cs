using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.Diagnostics;
using Peers.CodeFixes;
using Peers.Generators;

namespace Peers.Tests;

/// <summary>What an editor does with a solution: asks for diagnostics, offers fixes, applies them.</summary>
internal sealed class Editor(params Assembly[] assemblies)
{
    private readonly DiagnosticAnalyzer[] _analyzers = [.. Instances<DiagnosticAnalyzer>(assemblies)];

    /// <summary>With the analyzers and fixes that the tests are compiled against.</summary>
    public static Editor Own { get; } = new(typeof(PeerGenerator).Assembly, typeof(PeerCodeFix).Assembly);

    public IReadOnlyList<CodeFixProvider> Fixes { get; } = [.. Instances<CodeFixProvider>(assemblies)];

    public IReadOnlyList<CodeRefactoringProvider> Refactorings { get; } = [.. Instances<CodeRefactoringProvider>(assemblies)];

    public IReadOnlyList<DiagnosticDescriptor> Rules =>
        [.. _analyzers.SelectMany(a => a.SupportedDiagnostics).DistinctBy(rule => rule.Id).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>With the analyzers and fixes that a project names, as an editor loads them.</summary>
    public static Editor Of(Project project) =>
        new([.. project.AnalyzerReferences.OfType<AnalyzerFileReference>().Where(r => Path.GetFileName(r.FullPath).StartsWith("Peer.", StringComparison.Ordinal)).Select(r => r.GetAssembly())]);

    /// <summary>Our diagnostics, by document and place.</summary>
    public async Task<IReadOnlyList<Diagnostic>> DiagnoseAsync(Project project)
    {
        var compilation = await project.GetCompilationAsync(TestContext.Current.CancellationToken);
        var found = await compilation!.WithAnalyzers([.. _analyzers], new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. found.OrderBy(d => d.Location.SourceTree!.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>What the compiler says about a project: warnings and errors.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> CompileAsync(Project project)
    {
        var compilation = await project.GetCompilationAsync(TestContext.Current.CancellationToken);
        return [.. compilation!.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed)];
    }

    /// <summary>What is offered to mend a diagnostic.</summary>
    public async Task<IReadOnlyList<(CodeFixProvider Provider, CodeAction Action)>> OffersAsync(Solution solution, Diagnostic diagnostic)
    {
        var document = solution.GetDocument(diagnostic.Location.SourceTree)!;
        var offers = new List<(CodeFixProvider, CodeAction)>();
        foreach (var provider in Fixes.Where(f => f.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            await provider.RegisterCodeFixesAsync(new(document, diagnostic, (action, _) => offers.Add((provider, action)), TestContext.Current.CancellationToken));
        }
        return offers;
    }

    public static async Task<Solution> ApplyAsync(CodeAction action)
    {
        var operations = await action.GetOperationsAsync(TestContext.Current.CancellationToken);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
    }

    /// <summary>The solution after all diagnostics of one kind are fixed as this offer would fix one.</summary>
    public async Task<Solution> ApplyToAllAsync(Document document, string id, CodeFixProvider provider, CodeAction offer)
    {
        var context = new FixAllContext(document, provider, FixAllScope.Solution, offer.EquivalenceKey!, [id], new Source(this, id), TestContext.Current.CancellationToken);
        return await ApplyAsync((await provider.GetFixAllProvider()!.GetFixAsync(context))!);
    }

    private static IEnumerable<T> Instances<T>(Assembly[] assemblies) =>
        assemblies.SelectMany(a => a.GetTypes()).Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract).Select(t => (T)Activator.CreateInstance(t)!);

    private sealed class Source(Editor editor, string id) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            (await editor.DiagnoseAsync(project)).Where(d => d.Id == id);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            (await editor.DiagnoseAsync(document.Project)).Where(d => d.Id == id && d.Location.SourceTree!.FilePath == document.FilePath);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
