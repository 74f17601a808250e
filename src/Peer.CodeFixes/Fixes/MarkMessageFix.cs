using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Makes a message of the type that a hook takes or replies with.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MarkMessageFix)), Shared]
public sealed class MarkMessageFix() : PeerCodeFix("PEER003", "PEER022")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        var type = mistake.Declared switch
        {
            IParameterSymbol parameter => parameter.Type,
            IMethodSymbol hook => HookReturnParser.ValueOf(hook),
            _ => null,
        };
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false, IsStatic: false, IsFileLocal: false, IsRefLikeType: false } named) return null;
        if (!named.OriginalDefinition.CanBeEdited()) return null;

        return new($"Mark '{named.Name}' [Message]", "Mark [Message]", (editor, cancellation) => editor.MakeMessageAsync(named.OriginalDefinition, cancellation));
    }
}
