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
        if (mistake.Node is not ExpressionSyntax blocking || Awaited(blocking, mistake.Model) is not { } awaited) return null;
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
    private static ExpressionSyntax? Awaited(ExpressionSyntax blocking, SemanticModel model) => blocking switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Result", Expression: var task } => task,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } call => Awaited(call, called, model),
        _ => null,
    };

    private static ExpressionSyntax? Awaited(InvocationExpressionSyntax call, MemberAccessExpressionSyntax called, SemanticModel model) => called.Name.Identifier.ValueText switch
    {
        "GetResult" when called.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetAwaiter", Expression: var task } } => task,
        "Sleep" => call.WithExpression(SyntaxFactory.ParseExpression("Task.Delay")),
        "WaitAll" => call.WithExpression(called.WithName(SyntaxFactory.IdentifierName("WhenAll"))),
        "WaitAny" when call.Parent is ExpressionStatementSyntax => call.WithExpression(called.WithName(SyntaxFactory.IdentifierName("WhenAny"))),
        "Wait" when call.ArgumentList.Arguments.Count == 0 && GetAwaiter(model.GetTypeInfo(called.Expression).Type) is not null => called.Expression,
        var name => Sibling(call, call.WithExpression(called.WithName(SyntaxFactory.IdentifierName(name + "Async"))), model),
    };

    // Task.Wait(timeout) answers whether it was in time, and Task.WaitAsync(timeout) throws.
    private static InvocationExpressionSyntax? Sibling(InvocationExpressionSyntax call, InvocationExpressionSyntax sibling, SemanticModel model)
    {
        var returned = model.GetTypeInfo(call).Type;
        var result = GetAwaiter(TypeOf(sibling, call.SpanStart, model))?.ReturnType.GetMembers("GetResult").OfType<IMethodSymbol>().FirstOrDefault()?.ReturnType;
        return returned?.SpecialType == SpecialType.System_Void || SymbolEqualityComparer.Default.Equals(returned, result) ? sibling : null;
    }

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

        return model.GetSpeculativeSymbolInfo(position, awaited, SpeculativeBindingOption.BindAsExpression).Symbol is not null
            && GetAwaiter(TypeOf(awaited, position, model)) is not null;
    }

    private static ITypeSymbol? TypeOf(ExpressionSyntax madeUp, int position, SemanticModel model) =>
        model.GetSpeculativeTypeInfo(position, madeUp, SpeculativeBindingOption.BindAsExpression).Type;

    private static IMethodSymbol? GetAwaiter(ITypeSymbol? type) => type?.GetMembers("GetAwaiter").OfType<IMethodSymbol>().FirstOrDefault();
}
