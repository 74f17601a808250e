using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Says where a hook's parameter comes from.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MarkParameterFix)), Shared]
public sealed class MarkParameterFix() : PeerCodeFix("PEER023", "PEER025")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Around<ParameterSyntax>() is not { } parameter) return null;

        var name = mistake.Diagnostic.Id == Rules.UnmarkedService.Id ? "FromServices" : "FromRoute";
        return mistake.Remedy($"Mark [{name}]", editor =>
        {
            editor.Import("Microsoft.AspNetCore.Mvc", name + "Attribute");
            editor.ReplaceNode(parameter, (current, _) => ((ParameterSyntax)current).WithAttribute(AttributeSyntaxes.Named(name)));
        });
    }
}
