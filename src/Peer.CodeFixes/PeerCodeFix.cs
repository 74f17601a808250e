using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Peers.CodeFixes;

/// <summary>Offers one remedy for a diagnostic, or for all of them at once.</summary>
/// <remarks>A remedy is an edit of a solution; fixing all is all edits in one editor, so that two that touch the same code do not undo each other.</remarks>
public abstract class PeerCodeFix : CodeFixProvider
{
    private readonly string[] _ids;

    private protected PeerCodeFix(params string[] ids) => _ids = ids;

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds => [.. _ids];

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => AllAtOnce.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await FindAsync(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false) is not { } remedy) continue;

            var solution = context.Document.Project.Solution;
            context.RegisterCodeFix(CodeAction.Create(remedy.Title, c => ApplyAsync(solution, [remedy], c), remedy.Kind), diagnostic);
        }
    }

    /// <summary>The remedy for one diagnostic; null where there is none that is obvious.</summary>
    internal async Task<Remedy?> FindAsync(Document document, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null) return null;

        var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        return Find(new(document, model, diagnostic, node, cancellation));
    }

    /// <summary>The solution after these remedies.</summary>
    internal static async Task<Solution> ApplyAsync(Solution solution, IEnumerable<Remedy> remedies, CancellationToken cancellation)
    {
        var editor = new SolutionEditor(solution);
        foreach (var remedy in remedies) await remedy.Apply(editor, cancellation).ConfigureAwait(false);
        return editor.GetChangedSolution();
    }

    private protected abstract Remedy? Find(Mistake mistake);
}

/// <summary>Something to mend: a diagnostic and where it stands.</summary>
/// <param name="Document">The document.</param>
/// <param name="Model">What its code means.</param>
/// <param name="Diagnostic">What is wrong.</param>
/// <param name="Node">What is underlined.</param>
/// <param name="Cancellation">Cancelled when nobody wants to know any more.</param>
internal sealed record Mistake(Document Document, SemanticModel Model, Diagnostic Diagnostic, SyntaxNode Node, CancellationToken Cancellation)
{
    /// <summary>The innermost node around what is underlined that is of this type, or null.</summary>
    public T? Around<T>() where T : SyntaxNode => Node.FirstAncestorOrSelf<T>();

    /// <summary>The type, member or parameter whose declaration is underlined.</summary>
    public ISymbol? Declared =>
        Node.AncestorsAndSelf().FirstOrDefault(n => n is ParameterSyntax or MemberDeclarationSyntax) is { } declaration ? Model.GetDeclaredSymbol(declaration, Cancellation) : null;

    /// <summary>A remedy that is an edit of this document.</summary>
    public Remedy Remedy(string title, Action<DocumentEditor> edit) => new(title, title, async (editor, cancellation) =>
        edit(await editor.GetDocumentEditorAsync(Document.Id, cancellation).ConfigureAwait(false)));
}

/// <summary>How something is mended.</summary>
/// <param name="Title">What the editor calls it.</param>
/// <param name="Kind">The same for all that can be applied together.</param>
/// <param name="Apply">The edit. It may meet code that another remedy has changed already.</param>
internal sealed record Remedy(string Title, string Kind, Func<SolutionEditor, CancellationToken, Task> Apply);
