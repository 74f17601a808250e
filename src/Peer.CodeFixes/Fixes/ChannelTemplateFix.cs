using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Makes a channel's template and its parameters name each other.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ChannelTemplateFix)), Shared]
public sealed class ChannelTemplateFix() : PeerCodeFix("PEER006")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Declared is not { } member || member.FindAttribute(KnownNames.Channel) is not { } attribute) return null;
        if (LiteralOf(attribute, mistake.Cancellation) is not { } literal) return null;

        var template = ChannelParser.TemplateOf(attribute);
        var (unknown, unused) = (template.UnknownAmong(ChannelParser.Parameters(member)), template.UnusedAmong(ChannelParser.Parameters(member)));
        return (unknown.Count, unused.Count) switch
        {
            (1, 1) => Rewrite(mistake, literal, $"Write '{{{unused[0]}}}' in the template", template.Text.Replace($"{{{unknown[0]}}}", $"{{{unused[0]}}}")),
            (0, > 0) => Rewrite(mistake, literal, "Add what is missing to the template", string.Join("/", unused.Select(name => $"{{{name}}}").Prepend(template.Text))),
            ( > 0, 0) => AddParameters(mistake, unknown),
            _ => null,
        };
    }

    private static LiteralExpressionSyntax? LiteralOf(AttributeData attribute, CancellationToken cancellation) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is AttributeSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } ? arguments[0].Expression as LiteralExpressionSyntax : null;

    private static Remedy Rewrite(Mistake mistake, LiteralExpressionSyntax literal, string title, string template) =>
        mistake.Remedy(title, editor => editor.ReplaceNode(literal, literal.WithToken(SyntaxFactory.Literal(template).WithTriviaFrom(literal.Token)))) with { Kind = "Complete the template" };

    private static Remedy? AddParameters(Mistake mistake, IReadOnlyList<string> names)
    {
        if (mistake.Around<MethodDeclarationSyntax>() is not { } method) return null;

        var added = names.Select(name => SyntaxFactory.Parameter(SyntaxFactory.Identifier(TypeNames.Escape(name)))
            .WithType(SyntaxFactory.PredefinedType(SyntaxFactory.Token(SyntaxKind.StringKeyword)).WithTrailingTrivia(SyntaxFactory.Space)));
        return mistake.Remedy("Add the parameter", editor => editor.ReplaceNode(method, (current, _) => added.Aggregate((MethodDeclarationSyntax)current, (m, parameter) => m.WithParameter(parameter))));
    }
}
