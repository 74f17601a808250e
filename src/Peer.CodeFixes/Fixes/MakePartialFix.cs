using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Adds <c>partial</c> to a type, to those around it, and to those inside it that need it too.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartialFix)), Shared]
public sealed class MakePartialFix() : PeerCodeFix("PEER001", "PEER005", "PEER007")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Node is not TypeDeclarationSyntax || mistake.Declared is not INamedTypeSymbol type) return null;
        if (TypeShellParser.FindNotPartial(type, mistake.Cancellation) is null) return null;

        return new($"Make '{type.Name}' partial", "Make partial", async (editor, cancellation) =>
        {
            foreach (var completed in CompletedIn(type)) await editor.MakePartialAsync(completed, cancellation).ConfigureAwait(false);
        });
    }

    // What the compiler adds members to: the type that was asked for, and handlers and messages inside it.
    private static IEnumerable<INamedTypeSymbol> CompletedIn(INamedTypeSymbol type) =>
        type.GetTypeMembers().SelectMany(CompletedIn).Where(IsCompleted).Append(type);

    private static bool IsCompleted(INamedTypeSymbol type) =>
        HandlerParser.IsHandler(type) || type.HasAttribute(KnownNames.Message) || ChannelParser.Members(type).Any(ChannelParser.IsPartial);
}
