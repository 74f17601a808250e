using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Passes a token to what may never come.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PassTokenFix)), Shared]
public sealed class PassTokenFix() : PeerCodeFix("PEER026")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Around<MethodDeclarationSyntax>() is not { } hook || mistake.Model.GetDeclaredSymbol(hook, mistake.Cancellation) is not { } method) return null;

        var token = TokenIn(method);
        var expression = SyntaxFactory.ParseExpression(token ?? "closed");
        ExpressionSyntax? ending = mistake.Node switch
        {
            InvocationExpressionSyntax call => WithToken(call, expression, mistake.Model),
            MemberAccessExpressionSyntax task => SyntaxFactory.ParseExpression($"{task.WithoutTrivia()}.WaitAsync({expression})"),
            _ => null,
        };
        if (ending is null) return null;

        return mistake.Remedy("Pass a CancellationToken", editor =>
        {
            editor.ReplaceNode(mistake.Node, ending.WithTriviaFrom(mistake.Node));
            if (token is null) TakeToken(editor, hook);
        });
    }

    private static string? TokenIn(IMethodSymbol method)
    {
        if (method.Parameters.FirstOrDefault(p => p.Type.Name == "CancellationToken") is { } token) return TypeNames.Escape(token.Name);
        return method.Parameters.FirstOrDefault(p => p.Type.ToDisplayString(TypeNames.Namespace) == "Peers.Peer") is { } peer ? $"{TypeNames.Escape(peer.Name)}.Closed" : null;
    }

    // In the place of one that says nothing, such as CancellationToken.None.
    private static InvocationExpressionSyntax WithToken(InvocationExpressionSyntax call, ExpressionSyntax token, SemanticModel model)
    {
        var empty = call.ArgumentList.Arguments.FirstOrDefault(a => model.GetTypeInfo(a.Expression).ConvertedType?.Name == "CancellationToken");
        return empty is null
            ? call.WithArgumentList(call.ArgumentList.With(token))
            : call.ReplaceNode(empty.Expression, token.WithTriviaFrom(empty.Expression));
    }

    private static void TakeToken(DocumentEditor editor, MethodDeclarationSyntax hook)
    {
        var parameter = SyntaxFactory.Parameter(SyntaxFactory.Identifier("closed")).WithType(SyntaxFactory.ParseTypeName("CancellationToken").WithTrailingTrivia(SyntaxFactory.Space));
        editor.Import("System.Threading", "CancellationToken");
        editor.ReplaceNode(hook, (current, _) => ((MethodDeclarationSyntax)current).WithParameter(parameter));
    }
}
