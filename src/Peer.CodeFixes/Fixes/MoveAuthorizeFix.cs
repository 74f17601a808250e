using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Moves <c>[Authorize]</c> from a hook to its handler, where the endpoint sees it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MoveAuthorizeFix)), Shared]
public sealed class MoveAuthorizeFix() : PeerCodeFix("PEER011")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Around<MethodDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax type } hook || mistake.Declared is not IMethodSymbol method) return null;

        var attributes = method.GetAttributes().Where(HookParser.IsAuthorization)
            .Select(a => a.ApplicationSyntaxReference?.GetSyntax(mistake.Cancellation)).OfType<AttributeSyntax>().Where(hook.Contains).ToArray();
        if (attributes.Length == 0) return null;

        return mistake.Remedy("Move it to the handler", editor =>
        {
            foreach (var attribute in attributes) editor.RemoveNode(attribute.Parent is AttributeListSyntax { Attributes.Count: 1 } list ? list : attribute, SyntaxRemoveOptions.KeepNoTrivia);
            editor.ReplaceNode(type, (current, _) => attributes.Aggregate((TypeDeclarationSyntax)current, (marked, attribute) => Marked(marked, attribute, type.EndOfLine())));
        });
    }

    private static TypeDeclarationSyntax Marked(TypeDeclarationSyntax type, AttributeSyntax attribute, SyntaxTrivia endOfLine) =>
        type.AttributeLists.Any(list => list.Attributes.Any(a => a.IsEquivalentTo(attribute, topLevel: false))) ? type : type.WithAttribute(attribute, endOfLine);
}
