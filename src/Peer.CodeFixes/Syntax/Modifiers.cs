using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Adds and removes modifiers where they belong, and leaves comments and space where they were.</summary>
internal static class Modifiers
{
    private static readonly SyntaxKind[] s_access =
        [SyntaxKind.PublicKeyword, SyntaxKind.PrivateKeyword, SyntaxKind.ProtectedKeyword, SyntaxKind.InternalKeyword, SyntaxKind.FileKeyword];

    /// <summary>The member with a modifier, which it may have already.</summary>
    public static T With<T>(this T member, SyntaxKind modifier) where T : MemberDeclarationSyntax
    {
        if (member.Modifiers.Any(modifier)) return member;

        var place = PlaceOf(modifier, member.Modifiers);
        var next = place < member.Modifiers.Count ? member.Modifiers[place] : AfterModifiers(member);
        var token = SyntaxFactory.Token(next.LeadingTrivia, modifier, SyntaxFactory.TriviaList(SyntaxFactory.Space));
        var rest = member.ReplaceToken(next, next.WithLeadingTrivia());
        return (T)rest.WithModifiers(rest.Modifiers.Insert(place, token));
    }

    /// <summary>The member without a modifier, which it need not have.</summary>
    public static T Without<T>(this T member, SyntaxKind modifier) where T : MemberDeclarationSyntax
    {
        var token = member.Modifiers.FirstOrDefault(m => m.IsKind(modifier));
        if (token.IsKind(SyntaxKind.None)) return member;

        var leading = token.LeadingTrivia;
        var rest = (T)member.WithModifiers(member.Modifiers.Remove(token));
        var index = member.Modifiers.IndexOf(token);
        var next = index < rest.Modifiers.Count ? rest.Modifiers[index] : AfterModifiers(rest);
        return rest.ReplaceToken(next, next.WithLeadingTrivia(leading.AddRange(next.LeadingTrivia)));
    }

    /// <summary>The member with another accessibility.</summary>
    public static T WithAccess<T>(this T member, SyntaxKind access) where T : MemberDeclarationSyntax
    {
        var bare = s_access.Aggregate(member, (m, kind) => m.Without(kind));
        return bare.With(access);
    }

    private static int PlaceOf(SyntaxKind modifier, SyntaxTokenList modifiers)
    {
        if (s_access.Contains(modifier)) return 0;
        if (modifier == SyntaxKind.PartialKeyword) return modifiers.Count;
        if (modifier == SyntaxKind.AsyncKeyword) return modifiers.Count - (modifiers.Any(SyntaxKind.PartialKeyword) ? 1 : 0);

        return modifiers.Count(m => s_access.Contains(m.Kind()));
    }

    private static SyntaxToken AfterModifiers(MemberDeclarationSyntax member) => member switch
    {
        TypeDeclarationSyntax type => type.Keyword,
        MethodDeclarationSyntax method => method.ReturnType.GetFirstToken(),
        BasePropertyDeclarationSyntax property => property.Type.GetFirstToken(),
        _ => throw new ArgumentException($"'{member.Kind()}' has no modifiers that anybody adds.", nameof(member)),
    };
}
