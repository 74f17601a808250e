using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Peers.CodeFixes;

/// <summary>Fixes all diagnostics of a document, project or solution in one edit.</summary>
internal sealed class AllAtOnce : FixAllProvider
{
    public static AllAtOnce Instance { get; } = new();

    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    public override async Task<CodeAction?> GetFixAsync(FixAllContext context)
    {
        var remedies = new List<Remedy>();
        foreach (var (document, diagnostic) in await FindAllAsync(context).ConfigureAwait(false))
        {
            var remedy = await ((PeerCodeFix)context.CodeFixProvider).FindAsync(document, diagnostic, context.CancellationToken).ConfigureAwait(false);
            if (remedy is not null && remedy.Kind == context.CodeActionEquivalenceKey) remedies.Add(remedy);
        }
        if (remedies.Count == 0) return null;

        return CodeAction.Create(remedies[0].Title, c => PeerCodeFix.ApplyAsync(context.Solution, remedies, c), context.CodeActionEquivalenceKey);
    }

    private static async Task<IReadOnlyList<(Document Document, Diagnostic Diagnostic)>> FindAllAsync(FixAllContext context)
    {
        var projects = context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project];
        var found = new List<(Document, Diagnostic)>();
        foreach (var project in projects)
        {
            foreach (var diagnostic in await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false))
            {
                var document = context.Solution.GetDocument(diagnostic.Location.SourceTree);
                if (document is not null && (context.Scope != FixAllScope.Document || document.Id == context.Document?.Id)) found.Add((document, diagnostic));
            }
        }
        return found;
    }
}
