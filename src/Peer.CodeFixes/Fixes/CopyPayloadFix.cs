using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Copies a borrowed payload that is kept.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CopyPayloadFix)), Shared]
public sealed class CopyPayloadFix() : PeerCodeFix("PEER019")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        // A function that runs later has to be told where to find the copy: that is for its author.
        if (mistake.Node is not ExpressionSyntax payload || payload.Ancestors().Any(a => a is AnonymousFunctionExpressionSyntax)) return null;
        if (Copy(payload, mistake.Model) is not { } copy) return null;

        return mistake.Remedy("Keep a copy", editor =>
        {
            if (copy.ToString().Contains("ReadOnlySequence")) editor.Import("System.Buffers", "BuffersExtensions");
            editor.ReplaceNode(payload, copy.WithTriviaFrom(payload));
        });
    }

    private static ExpressionSyntax? Copy(ExpressionSyntax payload, SemanticModel model) => (payload, model.GetTypeInfo(payload).Type?.Name) switch
    {
        (BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } creation, _) => Copy(creation, arguments, model),
        (_, "ReadOnlyMemory") => Parse($"{payload.WithoutTrivia()}.ToArray()"),
        (_, "ReadOnlySequence") => Parse($"new ReadOnlySequence<byte>({payload.WithoutTrivia()}.ToArray())"),
        (_, "Message") => Parse($"new Message({payload.WithoutTrivia()}.Kind, {payload.WithoutTrivia()}.Payload.ToArray())"),
        _ => null,
    };

    // new ReadOnlySequence<byte>(payload): what it is made of is copied.
    private static BaseObjectCreationExpressionSyntax? Copy(BaseObjectCreationExpressionSyntax creation, SeparatedSyntaxList<ArgumentSyntax> arguments, SemanticModel model) =>
        arguments.FirstOrDefault(a => model.GetTypeInfo(a.Expression).Type?.Name == "ReadOnlyMemory")?.Expression is { } memory
            ? creation.ReplaceNode(memory, Parse($"{memory}.ToArray()"))
            : null;

    private static ExpressionSyntax Parse(string text) => SyntaxFactory.ParseExpression(text);
}
