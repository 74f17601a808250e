using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Makes a member the address of a channel: <c>static partial</c>, a getter only, in reach of those who join.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ChannelMemberFix)), Shared]
public sealed class ChannelMemberFix() : PeerCodeFix("PEER007")
{
    private protected override Remedy? Find(Mistake mistake) => mistake.Declared switch
    {
        INamedTypeSymbol type => HandlerParser.IsHandler(type) ? JoinClass(mistake, type) : null,
        { } member when !ChannelMember.HasChannelType(member) => null,
        { } member when !member.IsStatic || !ChannelParser.IsPartial(member) => Edit(mistake, "Declare it 'static partial'", ChannelMember.AsAddress),
        IPropertySymbol { SetMethod: not null } => Edit(mistake, "Remove the setter", ChannelMember.AsAddress),
        { DeclaredAccessibility: Accessibility.Private } member when member.ContainingType.IsAbstract => Edit(mistake, "Make it protected", m => m.WithAccess(SyntaxKind.ProtectedKeyword)),
        _ => null,
    };

    private static Remedy Edit(Mistake mistake, string title, Func<MemberDeclarationSyntax, MemberDeclarationSyntax> edit) =>
        mistake.Remedy(title, editor => editor.ReplaceNode(mistake.Around<MemberDeclarationSyntax>()!, (current, _) => edit((MemberDeclarationSyntax)current)));

    private static Remedy? JoinClass(Mistake mistake, INamedTypeSymbol type)
    {
        var attributes = type.GetAttributes().Where(a => a.Is(KnownNames.Channel) && a.NamedArguments.IsEmpty)
            .Select(a => a.ApplicationSyntaxReference?.GetSyntax(mistake.Cancellation)).OfType<AttributeSyntax>()
            .Where(a => a.SyntaxTree == mistake.Node.SyntaxTree).ToArray();
        if (attributes.Length == 0) return null;

        return mistake.Remedy("Join it", editor =>
        {
            foreach (var attribute in attributes) editor.ReplaceNode(attribute, (current, _) => ChannelMember.Joined((AttributeSyntax)current));
        });
    }
}
