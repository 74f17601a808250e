using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Names generated files.</summary>
/// <remarks>
/// The driver compares hint names without regard to case, and two equal ones end the whole generator; a long one is a path that cannot be
/// written.
/// So a name is the type's own, cut to a bearable length, and a hash of all that tells types apart: kind, namespace, types around it,
/// arity.
/// </remarks>
internal static class HintName
{
    private const int MaxReadable = 40;
    private const ulong FnvOffset = 14695981039346656037, FnvPrime = 1099511628211;

    /// <summary>The name for a type of this compilation, without what tells the kinds of files apart.</summary>
    public static string Of(INamedTypeSymbol type)
    {
        var identity = new StringBuilder();
        for (ISymbol symbol = type; symbol is INamedTypeSymbol or INamespaceSymbol { IsGlobalNamespace: false }; symbol = symbol.ContainingSymbol)
        {
            // A class and a record of one name are two types, if only until the compiler has said so.
            if (symbol is INamedTypeSymbol { IsRecord: var isRecord, TypeKind: var kind }) identity.Append(kind).Append(isRecord ? "!" : "");
            identity.Append('/').Append(symbol.MetadataName);
        }
        return Of(type.Name, identity.ToString());
    }

    /// <summary>The name for something generated that is no type of this compilation.</summary>
    public static string Of(string name, string identity) => $"{Readable(name)}-{Hash(identity)}";

    private static string Readable(string name)
    {
        var letters = name.Select(c => c < 128 && (char.IsLetterOrDigit(c) || c == '_') ? c : '_').Take(MaxReadable).ToArray();
        return letters.Length == 0 ? "_" : new(letters);
    }

    // FNV-1a over UTF-16: the same on every machine and in every version of the runtime.
    private static string Hash(string text)
    {
        var hash = FnvOffset;
        foreach (var letter in text) hash = unchecked((hash ^ letter) * FnvPrime);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
