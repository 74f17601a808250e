using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>The type whose name the cursor is on, in a project that knows Peer.</summary>
/// <param name="Declaration">Its declaration there.</param>
/// <param name="Symbol">The type.</param>
/// <param name="Model">What the code there means.</param>
internal sealed record TypeAtCursor(TypeDeclarationSyntax Declaration, INamedTypeSymbol Symbol, SemanticModel Model)
{
    public static async Task<TypeAtCursor?> FindAsync(CodeRefactoringContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span) is not TypeDeclarationSyntax declaration || !declaration.Identifier.Span.IntersectsWith(context.Span)) return null;

        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (model?.Compilation.GetTypeByMetadataName("Peers.Peer") is null) return null;

        return model.GetDeclaredSymbol(declaration, context.CancellationToken) is INamedTypeSymbol symbol ? new(declaration, symbol, model) : null;
    }
}
