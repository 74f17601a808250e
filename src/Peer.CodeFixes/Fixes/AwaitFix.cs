using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Awaits instead of blocking.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AwaitFix)), Shared]
public sealed class AwaitFix() : PeerCodeFix("PEER018")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Node is not ExpressionSyntax blocking || Awaited(blocking) is not { } awaited) return null;
        if (mistake.Around<MethodDeclarationSyntax>() is not { } hook || mistake.Model.GetDeclaredSymbol(hook, mistake.Cancellation) is not { } method) return null;
        if (!method.CanBeAsync() || blocking.Ancestors().TakeWhile(a => a != hook).Any(a => a is LockStatementSyntax)) return null;
        if (!IsTask(awaited, blocking.SpanStart, mistake.Model)) return null;

        return mistake.Remedy("Await instead", editor =>
        {
            editor.ReplaceNode(blocking, Await(awaited, blocking));
            editor.MakeAsync(hook);
        });
    }

    // The task that is to be awaited instead of what blocks; null where there is none.
    private static ExpressionSyntax? Awaited(ExpressionSyntax blocking) => blocking switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Result", Expression: var task } => task,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } call => Awaited(call, called, called.Name.Identifier.ValueText),
        _ => null,
    };

    private static ExpressionSyntax? Awaited(InvocationExpressionSyntax call, MemberAccessExpressionSyntax called, string name) => name switch
    {
        "GetResult" when called.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetAwaiter", Expression: var task } } => task,
        "Sleep" => call.WithExpression(SyntaxFactory.ParseExpression("Task.Delay")),
        "WaitAll" => call.WithExpression(called.WithName(SyntaxFactory.IdentifierName("WhenAll"))),
        "WaitAny" when call.Parent is ExpressionStatementSyntax => call.WithExpression(called.WithName(SyntaxFactory.IdentifierName("WhenAny"))),
        "Wait" when call.ArgumentList.Arguments.Count == 0 && called.Expression is not TypeSyntax { RawKind: (int)SyntaxKind.PredefinedType } => called.Expression,
        _ => call.WithExpression(called.WithName(SyntaxFactory.IdentifierName(name + "Async"))),
    };

    private static ExpressionSyntax Await(ExpressionSyntax task, ExpressionSyntax blocking)
    {
        var awaiting = SyntaxFactory.AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), task.WithoutTrivia());
        var isCalledOn = blocking.Parent is MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ConditionalAccessExpressionSyntax or PostfixUnaryExpressionSyntax;
        return (isCalledOn ? SyntaxFactory.ParenthesizedExpression(awaiting) : (ExpressionSyntax)awaiting).WithTriviaFrom(blocking);
    }

    // What was made up may not exist, or not take these arguments. Task.Delay exists, and may have to be imported.
    private static bool IsTask(ExpressionSyntax awaited, int position, SemanticModel model)
    {
        if (awaited.ToString().StartsWith("Task.Delay(", StringComparison.Ordinal)) return true;

        var option = SpeculativeBindingOption.BindAsExpression;
        return model.GetSpeculativeSymbolInfo(position, awaited, option).Symbol is not null
            && model.GetSpeculativeTypeInfo(position, awaited, option).Type?.GetMembers("GetAwaiter").IsEmpty == false;
    }
}
