using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Takes a parameter by value, or lets derived classes call a hook.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HookSignatureFix)), Shared]
public sealed class HookSignatureFix() : PeerCodeFix("PEER002")
{
    private protected override Remedy? Find(Mistake mistake) => mistake.Declared switch
    {
        IParameterSymbol { RefKind: RefKind.Ref or RefKind.Out or RefKind.RefReadOnlyParameter } => mistake.Remedy("Take it by value", editor =>
            editor.ReplaceNode(mistake.Around<ParameterSyntax>()!, (current, _) => ByValue((ParameterSyntax)current))),
        IMethodSymbol { DeclaredAccessibility: Accessibility.Private } method when HandlerParser.LendsHooks(method.ContainingType) => mistake.Remedy("Make it protected", editor =>
            editor.ReplaceNode(mistake.Around<MethodDeclarationSyntax>()!, (current, _) => ((MethodDeclarationSyntax)current).WithAccess(SyntaxKind.ProtectedKeyword))),
        _ => null,
    };

    private static ParameterSyntax ByValue(ParameterSyntax parameter)
    {
        var kept = parameter.Modifiers.Where(m => !m.IsKind(SyntaxKind.RefKeyword) && !m.IsKind(SyntaxKind.OutKeyword) && !m.IsKind(SyntaxKind.ReadOnlyKeyword));
        return parameter.WithModifiers(SyntaxFactory.TokenList(kept)).WithLeadingTrivia(parameter.GetLeadingTrivia());
    }
}
