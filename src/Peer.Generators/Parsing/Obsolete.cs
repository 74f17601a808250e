using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Finds what is obsolete. Where that is an error (CS0619), no pragma allows its use: only code that is obsolete itself
/// may.</summary>
internal static class Obsolete
{
    private const string Name = "System.ObsoleteAttribute";

    /// <summary>Stands before a generated member that uses what is obsolete.</summary>
    public const string Mark = "[global::System.Obsolete]";

    /// <summary>Whether a symbol, an accessor of it or a type around it is marked.</summary>
    public static bool Is(ISymbol symbol)
    {
        if (symbol.HasAttribute(Name)) return true;
        if (symbol is IPropertySymbol property && (property.GetMethod?.HasAttribute(Name) == true || property.SetMethod?.HasAttribute(Name) == true)) return true;
        return symbol is INamedTypeSymbol { ContainingType: { } around } && Is(around);
    }
}
