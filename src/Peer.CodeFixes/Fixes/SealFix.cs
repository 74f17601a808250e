using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Seals a message class.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SealFix)), Shared]
public sealed class SealFix() : PeerCodeFix("PEER010")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        // What may be overridden is there for derived classes, and does not compile in a sealed one.
        if (mistake.Declared is not INamedTypeSymbol type || type.GetMembers().Any(m => m is { IsVirtual: true, IsImplicitlyDeclared: false })) return null;

        return mistake.Remedy("Seal the message", editor =>
            editor.ReplaceNode(mistake.Around<TypeDeclarationSyntax>()!, (current, _) => ((TypeDeclarationSyntax)current).With(SyntaxKind.SealedKeyword)));
    }
}
