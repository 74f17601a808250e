using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Says which of several declarations of one symbol answers for it.</summary>
internal static class FirstDeclaration
{
    /// <summary>Whether a node's attribute is the first of its kind on the symbol: an attribute may stand on several parts, by mistake or
    /// on parts of a member.</summary>
    public static bool Is(GeneratorAttributeSyntaxContext context)
    {
        var mark = context.Attributes[0];
        var first = Definition(context.TargetSymbol).GetAttributes().FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, mark.AttributeClass));
        return IsSame(first?.ApplicationSyntaxReference, mark.ApplicationSyntaxReference);
    }

    /// <summary>The part of a partial member that declares it.</summary>
    public static ISymbol Definition(ISymbol member) => member switch
    {
        IMethodSymbol { PartialDefinitionPart: { } definition } => definition,
        IPropertySymbol { PartialDefinitionPart: { } definition } => definition,
        _ => member,
    };

    private static bool IsSame(SyntaxReference? first, SyntaxReference? other) =>
        first is null || other is null || (first.SyntaxTree == other.SyntaxTree && first.Span == other.Span);
}
