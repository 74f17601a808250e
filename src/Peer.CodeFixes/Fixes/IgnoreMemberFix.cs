using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Leaves a member off the wire.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(IgnoreMemberFix)), Shared]
public sealed class IgnoreMemberFix() : PeerCodeFix("PEER004")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        var member = mistake.Node.AncestorsAndSelf().FirstOrDefault(n => n is PropertyDeclarationSyntax or ParameterSyntax { Parent.Parent: RecordDeclarationSyntax });
        if (member is null || (member is PropertyDeclarationSyntax property && property.Modifiers.Any(SyntaxKind.RequiredKeyword))) return null;

        return mistake.Remedy("Mark [JsonIgnore]", editor =>
        {
            editor.Import("System.Text.Json.Serialization", "JsonIgnoreAttribute");
            editor.ReplaceNode(member, (current, _) => Ignored(current, member.EndOfLine()));
        });
    }

    private static SyntaxNode Ignored(SyntaxNode member, SyntaxTrivia endOfLine)
    {
        var attribute = AttributeSyntaxes.Named("JsonIgnore");
        return member is ParameterSyntax parameter ? parameter.WithAttribute(attribute, SyntaxKind.PropertyKeyword) : ((PropertyDeclarationSyntax)member).WithAttribute(attribute, endOfLine);
    }
}
