using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>What a hook looks like before anything is written in it.</summary>
/// <param name="Kind">Which hook it is.</param>
/// <param name="Name">What its method is called.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Returns">What it returns.</param>
/// <param name="Body">What it does.</param>
internal sealed record HookTemplate(HookKind Kind, string Name, string Parameters, string Returns = "void", string Body = "\n{\n}")
{
    public static IReadOnlyList<HookTemplate> All { get; } =
    [
        new(HookKind.Upgrade, "Admit", "UpgradeRequest request", "UpgradeResult", " => UpgradeResult.Accept();"),
        new(HookKind.Open, "Opened", "Peer peer"),
        new(HookKind.Message, "Received", "Peer peer, string text"),
        new(HookKind.Close, "Closed", "Peer peer, CloseEvent close"),
        new(HookKind.Error, "Failed", "Peer peer, PeerError error"),
        new(HookKind.Drain, "Drained", "Peer peer"),
        new(HookKind.Ping, "Pinged", "Peer peer, ReadOnlyMemory<byte> payload"),
        new(HookKind.Pong, "Ponged", "Peer peer, ReadOnlyMemory<byte> payload"),
    ];

    public string Attribute => $"On{Kind}";

    public bool TakesBytes => Parameters.Contains("byte");

    /// <summary>Whether a handler has no such hook yet; of messages, none that takes text.</summary>
    public bool Fits(INamedTypeSymbol handler) => !HookParser.Inherited(handler).Any(method =>
        HookParser.KindOf(method) == Kind && (Kind != HookKind.Message || method.Parameters.Any(p => p.Type.SpecialType == SpecialType.System_String && p.GetAttributes().IsEmpty)));

    /// <summary>The type with this hook at its end.</summary>
    public TypeDeclarationSyntax AddTo(TypeDeclarationSyntax declaration, INamedTypeSymbol handler)
    {
        var access = HandlerParser.LendsHooks(handler) ? "protected" : "private";
        var text = $"[{Attribute}]\n{access} {Returns} {UniqueName(handler)}({Parameters}){Body}";
        var method = SyntaxFactory.ParseMemberDeclaration(text)!.WithAdditionalAnnotations(Formatter.Annotation);
        var gap = declaration.Members.Count == 0 ? SyntaxFactory.ElasticMarker : SyntaxFactory.ElasticLineFeed;
        return WithBraces(declaration).AddMembers(method.WithLeadingTrivia(gap).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed));
    }

    private string UniqueName(INamedTypeSymbol handler)
    {
        var name = Name;
        for (var i = 2; handler.GetMembers(name).Length > 0; i++) name = Name + i;
        return name;
    }

    // class Chat; has none to put a method between.
    private static TypeDeclarationSyntax WithBraces(TypeDeclarationSyntax declaration)
    {
        if (declaration.OpenBraceToken.RawKind != 0) return declaration;

        var open = SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithLeadingTrivia(SyntaxFactory.ElasticLineFeed).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed);
        var close = SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithTrailingTrivia(declaration.SemicolonToken.TrailingTrivia);
        return ((TypeDeclarationSyntax)declaration.WithSemicolonToken(default)).WithOpenBraceToken(open).WithCloseBraceToken(close).WithAdditionalAnnotations(Formatter.Annotation);
    }
}
