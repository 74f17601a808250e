using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>The order in which members are emitted: files by the ordinal order of their paths, members as they stand in their file.</summary>
internal static class SourceOrder
{
    public static IEnumerable<T> InSourceOrder<T>(this IEnumerable<T> members) where T : ISymbol =>
        members
            .OrderBy(m => Declaration(m)?.SyntaxTree.FilePath ?? "", StringComparer.Ordinal)
            .ThenBy(m => Declaration(m)?.Span.Start ?? 0);

    private static SyntaxReference? Declaration(ISymbol member) => member.DeclaringSyntaxReferences.FirstOrDefault();
}
