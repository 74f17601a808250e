using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Adds attributes in front of declarations.</summary>
internal static class AttributeSyntaxes
{
    /// <summary>The member with an attribute on a line of its own in front, which ends as those of the document do.</summary>
    public static T WithAttribute<T>(this T member, AttributeSyntax attribute, SyntaxTrivia endOfLine) where T : MemberDeclarationSyntax
    {
        var leading = member.GetLeadingTrivia();
        var indentation = SyntaxFactory.TriviaList(leading.Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)));
        var list = ListOf(attribute).WithTrailingTrivia(SyntaxFactory.TriviaList(endOfLine).AddRange(indentation));
        var rest = member.WithoutLeadingTrivia();
        return (T)rest.WithAttributeLists(rest.AttributeLists.Insert(0, list.WithLeadingTrivia(leading)));
    }

    /// <summary>The parameter with an attribute in front, which may be meant for the property that it is too.</summary>
    public static ParameterSyntax WithAttribute(this ParameterSyntax parameter, AttributeSyntax attribute, SyntaxKind target = SyntaxKind.None)
    {
        var list = ListOf(attribute).WithTarget(TargetOf(target)).WithTrailingTrivia(SyntaxFactory.Space).WithLeadingTrivia(parameter.GetLeadingTrivia());
        var rest = parameter.WithoutLeadingTrivia();
        return rest.WithAttributeLists(rest.AttributeLists.Insert(0, list));
    }

    /// <summary>An attribute without arguments.</summary>
    public static AttributeSyntax Named(string name) => SyntaxFactory.Attribute(SyntaxFactory.IdentifierName(name));

    /// <summary>Whether a declaration has an attribute of this name already.</summary>
    public static bool Has(SyntaxList<AttributeListSyntax> lists, string name) =>
        lists.Any(list => list.Attributes.Any(a => a.Name is SimpleNameSyntax simple && simple.Identifier.ValueText == name));

    private static AttributeTargetSpecifierSyntax? TargetOf(SyntaxKind target) => target == SyntaxKind.None
        ? null
        : SyntaxFactory.AttributeTargetSpecifier(SyntaxFactory.Token(target), SyntaxFactory.Token(SyntaxKind.ColonToken).WithTrailingTrivia(SyntaxFactory.Space));

    private static AttributeListSyntax ListOf(AttributeSyntax attribute) =>
        SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(attribute.WithoutTrivia()));
}
