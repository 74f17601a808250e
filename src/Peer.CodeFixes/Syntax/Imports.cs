using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Peers.CodeFixes;

/// <summary>Brings namespaces into sight.</summary>
internal static class Imports
{
    /// <summary>Adds a using directive to a document where a type would not be found without it.</summary>
    public static void Import(this DocumentEditor editor, string space, string type)
    {
        var root = (CompilationUnitSyntax)editor.OriginalRoot;
        if (editor.SemanticModel.LookupNamespacesAndTypes(PositionIn(root), name: type).Any(t => t.ContainingNamespace?.ToDisplayString() == space)) return;

        editor.ReplaceNode(root, (current, _) => With((CompilationUnitSyntax)current, space));
    }

    /// <summary>How the document of a node ends its lines.</summary>
    public static SyntaxTrivia EndOfLine(this SyntaxNode node) =>
        node.SyntaxTree.GetRoot().DescendantTrivia().FirstOrDefault(t => t.IsKind(SyntaxKind.EndOfLineTrivia)) is { RawKind: not 0 } found ? found : SyntaxFactory.LineFeed;

    // Inside the innermost namespace that everything stands in.
    private static int PositionIn(CompilationUnitSyntax root) =>
        root.Members.FirstOrDefault() is BaseNamespaceDeclarationSyntax space ? space.Members.FirstOrDefault()?.SpanStart ?? space.Span.End : root.Members.FirstOrDefault()?.SpanStart ?? 0;

    private static CompilationUnitSyntax With(CompilationUnitSyntax root, string space)
    {
        if (root.Usings.Any(u => u.Name?.ToString() == space)) return root;

        var directive = SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(space).WithLeadingTrivia(SyntaxFactory.Space)).WithTrailingTrivia(root.EndOfLine());
        var place = root.Usings.TakeWhile(u => u.GlobalKeyword.RawKind != 0 || ComesBefore(u.Name?.ToString() ?? "", space)).Count();
        if (root.Usings.Count == 0) return AsFirst(root, directive);
        if (place > 0) return root.WithUsings(root.Usings.Insert(place, directive));

        var leading = root.Usings[0].GetLeadingTrivia();
        return root.WithUsings(root.Usings.Replace(root.Usings[0], root.Usings[0].WithoutLeadingTrivia()).Insert(0, directive.WithLeadingTrivia(leading)));
    }

    private static CompilationUnitSyntax AsFirst(CompilationUnitSyntax root, UsingDirectiveSyntax directive) =>
        root.WithUsings(SyntaxFactory.SingletonList(directive.WithTrailingTrivia(root.EndOfLine(), root.EndOfLine())));

    // System first, then by name.
    private static bool ComesBefore(string first, string second)
    {
        var (a, b) = (IsSystem(first), IsSystem(second));
        return a != b ? a : string.CompareOrdinal(first, second) < 0;
    }

    private static bool IsSystem(string space) => space == "System" || space.StartsWith("System.", StringComparison.Ordinal);
}
