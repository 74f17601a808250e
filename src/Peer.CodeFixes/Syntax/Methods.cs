using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Peers.CodeFixes;

/// <summary>Edits methods.</summary>
internal static class Methods
{
    /// <summary>The method with one more parameter at its end, unless it has one of that name.</summary>
    public static MethodDeclarationSyntax WithParameter(this MethodDeclarationSyntax method, ParameterSyntax parameter)
    {
        var list = method.ParameterList;
        if (list.Parameters.Any(p => p.Identifier.ValueText == parameter.Identifier.ValueText)) return method;

        var comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        var nodes = list.Parameters.GetWithSeparators();
        if (nodes.Count > 0) nodes = nodes.Add(comma);
        return method.WithParameterList(list.WithParameters(SyntaxFactory.SeparatedList<ParameterSyntax>(nodes.Add(parameter))));
    }

    /// <summary>The argument list with one more argument at its end.</summary>
    public static ArgumentListSyntax With(this ArgumentListSyntax list, ExpressionSyntax argument)
    {
        var nodes = list.Arguments.GetWithSeparators();
        if (nodes.Count > 0) nodes = nodes.Add(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space));
        return list.WithArguments(SyntaxFactory.SeparatedList<ArgumentSyntax>(nodes.Add(SyntaxFactory.Argument(argument))));
    }

    /// <summary>Whether a method can be made async: it is already, or neither its parameters nor what it overrides forbid it.</summary>
    /// <remarks>A method that returns a task of its own making would have to be written anew.</remarks>
    public static bool CanBeAsync(this IMethodSymbol method) =>
        method.IsAsync
        || (!method.IsOverride && !IsTask(method.ReturnType) && method.Parameters.All(p => p.RefKind == RefKind.None && !p.Type.IsRefLikeType));

    /// <summary>Makes a method async, and what it returns a task.</summary>
    public static void MakeAsync(this DocumentEditor editor, MethodDeclarationSyntax method)
    {
        if (method.Modifiers.Any(SyntaxKind.AsyncKeyword)) return;

        editor.Import("System.Threading.Tasks", "Task");
        editor.ReplaceNode(method, (current, _) => AsAsync((MethodDeclarationSyntax)current));
    }

    private static MethodDeclarationSyntax AsAsync(MethodDeclarationSyntax method)
    {
        if (method.Modifiers.Any(SyntaxKind.AsyncKeyword)) return method;

        var type = method.ReturnType.WithoutTrivia();
        var task = SyntaxFactory.ParseTypeName(type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } ? "Task" : $"Task<{type}>");
        return method.WithReturnType(task.WithTriviaFrom(method.ReturnType)).With(SyntaxKind.AsyncKeyword);
    }

    private static bool IsTask(ITypeSymbol type) => type.Name is "Task" or "ValueTask" && type.ContainingNamespace.ToDisplayString() == "System.Threading.Tasks";
}
