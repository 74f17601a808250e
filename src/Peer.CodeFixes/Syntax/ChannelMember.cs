using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Rewrites members as addresses of channels.</summary>
internal static class ChannelMember
{
    /// <summary>Whether a member is of the type that addresses have.</summary>
    public static bool HasChannelType(ISymbol member) =>
        (member switch { IMethodSymbol method => method.ReturnType, IPropertySymbol property => property.Type, _ => null })?.MetadataName == "PeerChannel`1";

    /// <summary>The member without a body of its own, which the compiler writes.</summary>
    public static MemberDeclarationSyntax AsAddress(MemberDeclarationSyntax member)
    {
        var declared = member.With(SyntaxKind.StaticKeyword).With(SyntaxKind.PartialKeyword);
        return declared switch
        {
            MethodDeclarationSyntax method => AsAddress(method),
            PropertyDeclarationSyntax property => AsAddress(property),
            _ => member,
        };
    }

    /// <summary>The attribute with <c>Join = true</c>.</summary>
    public static AttributeSyntax Joined(AttributeSyntax attribute)
    {
        var join = SyntaxFactory.ParseAttributeArgumentList("(Join = true)")!.Arguments[0];
        var list = attribute.ArgumentList!;
        var comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        return attribute.WithArgumentList(list.WithArguments(SyntaxFactory.SeparatedList<AttributeArgumentSyntax>(list.Arguments.GetWithSeparators().Add(comma).Add(join))));
    }

    private static MethodDeclarationSyntax AsAddress(MethodDeclarationSyntax method) =>
        WithAccess(method).WithBody(null).WithExpressionBody(null)
            .WithParameterList(method.ParameterList.WithTrailingTrivia())
            .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken).WithTrailingTrivia(method.GetTrailingTrivia()));

    // A partial method that returns something has to say who may call it; a property need not.
    private static MethodDeclarationSyntax WithAccess(MethodDeclarationSyntax method) =>
        method.Modifiers.Any(m => m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.PrivateKeyword)
            ? method
            : method.With(SyntaxKind.PrivateKeyword);

    private static PropertyDeclarationSyntax AsAddress(PropertyDeclarationSyntax property) =>
        property.WithExpressionBody(null).WithInitializer(null).WithSemicolonToken(default)
            .WithIdentifier(property.Identifier.WithTrailingTrivia(SyntaxFactory.Space))
            .WithAccessorList(GetterOnly().WithTrailingTrivia(property.GetTrailingTrivia()));

    private static AccessorListSyntax GetterOnly()
    {
        var (space, none) = (SyntaxFactory.TriviaList(SyntaxFactory.Space), SyntaxFactory.TriviaList());
        var get = SyntaxFactory.AccessorDeclaration(SyntaxKind.GetAccessorDeclaration).WithSemicolonToken(SyntaxFactory.Token(none, SyntaxKind.SemicolonToken, space));
        return SyntaxFactory.AccessorList(SyntaxFactory.Token(none, SyntaxKind.OpenBraceToken, space), SyntaxFactory.SingletonList(get), SyntaxFactory.Token(SyntaxKind.CloseBraceToken));
    }
}
