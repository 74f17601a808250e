using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Makes a stream hook static, or lets it be cancelled.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StreamHookFix)), Shared]
public sealed class StreamHookFix() : PeerCodeFix("PEER016", "PEER017")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Around<MethodDeclarationSyntax>() is not { } hook) return null;
        if (mistake.Diagnostic.Id == Rules.StreamHookNotCancellable.Id) return TakeToken(mistake, hook);

        // What uses the handler has to get it in another way first.
        return hook.DescendantNodes().Any(node => UsesInstance(node, mistake.Model)) ? null : mistake.Remedy("Make it static", editor =>
            editor.ReplaceNode(hook, (current, _) => ((MethodDeclarationSyntax)current).With(SyntaxKind.StaticKeyword)));
    }

    private static Remedy TakeToken(Mistake mistake, MethodDeclarationSyntax hook)
    {
        var type = SyntaxFactory.ParseTypeName("CancellationToken").WithTrailingTrivia(SyntaxFactory.Space);
        var token = SyntaxFactory.Parameter(SyntaxFactory.Identifier("cancellation")).WithType(type).WithAttribute(AttributeSyntaxes.Named("EnumeratorCancellation"));
        return mistake.Remedy("Take a CancellationToken", editor =>
        {
            editor.Import("System.Threading", "CancellationToken");
            editor.Import("System.Runtime.CompilerServices", "EnumeratorCancellationAttribute");
            editor.ReplaceNode(hook, (current, _) => ((MethodDeclarationSyntax)current).WithParameter(token));
        });
    }

    private static bool UsesInstance(SyntaxNode node, SemanticModel model)
    {
        if (node is ThisExpressionSyntax or BaseExpressionSyntax) return true;
        if (node is not SimpleNameSyntax name || (name.Parent is MemberAccessExpressionSyntax access && access.Name == name)) return false;

        return model.GetSymbolInfo(name).Symbol is
            IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } or IEventSymbol { IsStatic: false }
            or IMethodSymbol { IsStatic: false, MethodKind: MethodKind.Ordinary } or IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } };
    }
}
