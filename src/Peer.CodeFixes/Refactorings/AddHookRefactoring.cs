using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Adds a hook to a handler, or the first one to a class that is to be a handler.</summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp, Name = nameof(AddHookRefactoring)), Shared]
public sealed class AddHookRefactoring : CodeRefactoringProvider
{
    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        if (await TypeAtCursor.FindAsync(context).ConfigureAwait(false) is not { Declaration: ClassDeclarationSyntax declaration } found || !CanHaveHooks(found)) return;

        var actions = HookTemplate.All.Where(hook => hook.Fits(found.Symbol)).Select(hook => Action(context.Document, found.Symbol, declaration, hook)).ToImmutableArray();
        if (actions.Length > 0) context.RegisterRefactoring(CodeAction.Create("Add hook", actions, isInlinable: false));
    }

    // Elsewhere the offer would only be in the way.
    private static bool CanHaveHooks(TypeAtCursor type) =>
        type.Symbol is { IsStatic: false, IsFileLocal: false }
        && (HandlerParser.IsHandler(type.Symbol) || type.Model.LookupNamespacesAndTypes(type.Declaration.SpanStart, name: "OnOpenAttribute").Any(t => t.ContainingNamespace.Name == "Peers"));

    private static CodeAction Action(Document document, INamedTypeSymbol handler, TypeDeclarationSyntax declaration, HookTemplate hook)
    {
        var remedy = new Remedy($"Add [{hook.Attribute}]", hook.Attribute, (editor, cancellation) => AddAsync(editor, document, handler, declaration, hook, cancellation));
        return CodeAction.Create(remedy.Title, c => PeerCodeFix.ApplyAsync(document.Project.Solution, [remedy], c), remedy.Kind);
    }

    private static async Task AddAsync(SolutionEditor solution, Document document, INamedTypeSymbol handler, TypeDeclarationSyntax declaration, HookTemplate hook, CancellationToken cancellation)
    {
        var editor = await solution.GetDocumentEditorAsync(document.Id, cancellation).ConfigureAwait(false);
        editor.Import("Peers", "Peer");
        if (hook.TakesBytes) editor.Import("System", "ReadOnlyMemory");
        editor.ReplaceNode(declaration, (current, _) => hook.AddTo((TypeDeclarationSyntax)current, handler, declaration.EndOfLine()));
        if (!HandlerParser.LendsHooks(handler)) await solution.MakePartialAsync(handler, cancellation).ConfigureAwait(false);
    }
}
