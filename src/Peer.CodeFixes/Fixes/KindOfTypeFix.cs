using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Makes a type one that the compiler can complete and that has instances.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KindOfTypeFix)), Shared]
public sealed class KindOfTypeFix() : PeerCodeFix("PEER012", "PEER015")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Node is not TypeDeclarationSyntax type) return null;

        var isHandler = mistake.Diagnostic.Id == Rules.HandlerCannotBeCreated.Id;
        if (type.Modifiers.Any(SyntaxKind.FileKeyword)) return Edit(mistake, "Make it internal", t => t.WithAccess(SyntaxKind.InternalKeyword));
        if (type.Modifiers.Any(SyntaxKind.StaticKeyword) && isHandler) return Edit(mistake, "Remove 'static'", t => t.Without(SyntaxKind.StaticKeyword));
        if (type.Modifiers.Any(SyntaxKind.StaticKeyword)) return Edit(mistake, "Seal it instead of making it static", t => t.Without(SyntaxKind.StaticKeyword).With(SyntaxKind.SealedKeyword));
        if (type.Modifiers.Any(SyntaxKind.RefKeyword) && !isHandler) return Edit(mistake, "Remove 'ref'", t => t.Without(SyntaxKind.RefKeyword));

        return type is StructDeclarationSyntax && isHandler ? Edit(mistake, "Make it a class", AsClass) : null;
    }

    private static Remedy Edit(Mistake mistake, string title, Func<TypeDeclarationSyntax, TypeDeclarationSyntax> edit) =>
        mistake.Remedy(title, editor => editor.ReplaceNode(mistake.Node, (current, _) => edit((TypeDeclarationSyntax)current)));

    private static TypeDeclarationSyntax AsClass(TypeDeclarationSyntax type)
    {
        var bare = type.Without(SyntaxKind.ReadOnlyKeyword).Without(SyntaxKind.RefKeyword);
        return SyntaxFactory.ClassDeclaration(
            bare.AttributeLists, bare.Modifiers, SyntaxFactory.Token(SyntaxKind.ClassKeyword).WithTriviaFrom(bare.Keyword), bare.Identifier, bare.TypeParameterList,
            bare.ParameterList, bare.BaseList, bare.ConstraintClauses, bare.OpenBraceToken, bare.Members, bare.CloseBraceToken, bare.SemicolonToken)
            .With(SyntaxKind.PartialKeyword);
    }
}
