using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Peers.CodeFixes;

/// <summary>Edits the declarations of types, in whatever files they stand.</summary>
internal static class TypeDeclarations
{
    /// <summary>Whether every declaration of a type is in source that a person wrote.</summary>
    public static bool CanBeEdited(this ITypeSymbol? type) => type is INamedTypeSymbol { DeclaringSyntaxReferences.IsEmpty: false };

    /// <summary>Makes a type, and every type around it, partial.</summary>
    public static async Task MakePartialAsync(this SolutionEditor editor, INamedTypeSymbol type, CancellationToken cancellation)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            await editor.EditAsync(t, declaration => declaration.With(SyntaxKind.PartialKeyword), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a type a message: marked, partial, and sealed if it is a class.</summary>
    public static async Task MakeMessageAsync(this SolutionEditor editor, INamedTypeSymbol type, CancellationToken cancellation)
    {
        var first = await editor.FirstAsync(type, cancellation).ConfigureAwait(false);
        if (first is not var (document, declaration)) return;

        document.Import("Peers", "MessageAttribute");
        document.ReplaceNode(declaration, (current, _) => AsMessage((TypeDeclarationSyntax)current, declaration.EndOfLine()));
        await editor.MakePartialAsync(type, cancellation).ConfigureAwait(false);
    }

    /// <summary>Changes each declaration of a type.</summary>
    public static async Task EditAsync(this SolutionEditor editor, INamedTypeSymbol type, Func<TypeDeclarationSyntax, SyntaxNode> edit, CancellationToken cancellation)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (await editor.DeclarationAsync(reference, cancellation).ConfigureAwait(false) is not var (document, declaration)) continue;

            document.ReplaceNode(declaration, (current, _) => edit((TypeDeclarationSyntax)current));
        }
    }

    private static async Task<(DocumentEditor Document, TypeDeclarationSyntax Declaration)?> FirstAsync(this SolutionEditor editor, INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (await editor.DeclarationAsync(reference, cancellation).ConfigureAwait(false) is { } declaration) return declaration;
        }
        return null;
    }

    // What a generator wrote is no document that can be edited.
    private static async Task<(DocumentEditor Document, TypeDeclarationSyntax Declaration)?> DeclarationAsync(this SolutionEditor editor, SyntaxReference reference, CancellationToken cancellation)
    {
        var document = editor.OriginalSolution.GetDocument(reference.SyntaxTree);
        if (document is null or SourceGeneratedDocument) return null;
        if (await reference.GetSyntaxAsync(cancellation).ConfigureAwait(false) is not TypeDeclarationSyntax declaration) return null;

        return (await editor.GetDocumentEditorAsync(document.Id, cancellation).ConfigureAwait(false), declaration);
    }

    private static TypeDeclarationSyntax AsMessage(TypeDeclarationSyntax declaration, SyntaxTrivia endOfLine)
    {
        if (AttributeSyntaxes.Has(declaration.AttributeLists, "Message")) return declaration;

        var isClass = declaration is ClassDeclarationSyntax || declaration.IsKind(SyntaxKind.RecordDeclaration);
        var sealedType = isClass ? declaration.With(SyntaxKind.SealedKeyword) : declaration;
        return sealedType.WithAttribute(AttributeSyntaxes.Named("Message"), endOfLine);
    }
}
