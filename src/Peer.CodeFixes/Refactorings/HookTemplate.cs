using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
        new(HookKind.Gap, "Missed", "Peer peer, ChannelGap gap"),
        new(HookKind.Ping, "Pinged", "Peer peer, ReadOnlyMemory<byte> payload"),
        new(HookKind.Pong, "Ponged", "Peer peer, ReadOnlyMemory<byte> payload"),
    ];

    public string Attribute => $"On{Kind}";

    public bool TakesBytes => Parameters.Contains("byte");

    /// <summary>Whether a handler has no such hook yet; of messages, none that takes text.</summary>
    public bool Fits(INamedTypeSymbol handler) => !HookParser.Inherited(handler).Any(method =>
        HookParser.KindOf(method) == Kind && (Kind != HookKind.Message || method.Parameters.Any(p => p.Type.SpecialType == SpecialType.System_String && p.GetAttributes().IsEmpty)));

    /// <summary>The type with this hook at its end, in lines that end as those of the document do.</summary>
    public TypeDeclarationSyntax AddTo(TypeDeclarationSyntax declaration, INamedTypeSymbol handler, SyntaxTrivia endOfLine)
    {
        var around = IndentationOf(declaration);
        var indentation = declaration.Members.Count > 0 ? IndentationOf(declaration.Members[0]) : around + "    ";
        var access = HandlerParser.LendsHooks(handler) ? "protected" : "private";
        var text = $"[{Attribute}]\n{access} {Returns} {UniqueName(handler)}({Parameters}){Body}\n";
        var lines = string.Concat(text.Split(['\n'], StringSplitOptions.RemoveEmptyEntries).Select(line => $"{indentation}{line}{endOfLine}"));
        var gap = declaration.Members.Count == 0 ? "" : endOfLine.ToString();
        return WithBraces(declaration, around, endOfLine).AddMembers(SyntaxFactory.ParseMemberDeclaration(gap + lines)!);
    }

    private string UniqueName(INamedTypeSymbol handler)
    {
        var name = Name;
        for (var i = 2; handler.GetMembers(name).Length > 0; i++) name = Name + i;
        return name;
    }

    // class Chat; has none to put a method between, and class Chat { } no line.
    private static TypeDeclarationSyntax WithBraces(TypeDeclarationSyntax declaration, string indentation, SyntaxTrivia endOfLine)
    {
        if (declaration.OpenBraceToken.TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia))) return declaration;
        if (declaration.Members.Count > 0) return declaration;

        var margin = SyntaxFactory.Whitespace(indentation);
        var after = declaration.OpenBraceToken.RawKind == 0 ? declaration.SemicolonToken.TrailingTrivia : declaration.CloseBraceToken.TrailingTrivia;
        var open = SyntaxFactory.Token([endOfLine, margin], SyntaxKind.OpenBraceToken, [endOfLine]);
        var close = SyntaxFactory.Token([margin], SyntaxKind.CloseBraceToken, after);
        return WithoutSpaceBeforeBrace((TypeDeclarationSyntax)declaration.WithSemicolonToken(default)).WithOpenBraceToken(open).WithCloseBraceToken(close);
    }

    private static TypeDeclarationSyntax WithoutSpaceBeforeBrace(TypeDeclarationSyntax declaration)
    {
        var last = declaration.OpenBraceToken.RawKind == 0 ? declaration.GetLastToken() : declaration.OpenBraceToken.GetPreviousToken();
        return declaration.ReplaceToken(last, last.WithTrailingTrivia());
    }

    private static string IndentationOf(SyntaxNode node)
    {
        var leading = node.GetLeadingTrivia();
        return leading.Count > 0 && leading[leading.Count - 1] is var last && last.IsKind(SyntaxKind.WhitespaceTrivia) ? last.ToString() : "";
    }
}
