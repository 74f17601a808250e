using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>What of a base class a handler can see.</summary>
internal static class Inheritance
{
    /// <summary>Why a handler does not see a member of a base class, as a clause; null where it does.</summary>
    public static string? WhyHidden(ISymbol member, INamedTypeSymbol handler) => member.DeclaredAccessibility switch
    {
        Accessibility.Private => "is private",
        Accessibility.Internal when !IsSeen(member, handler) => "is internal to another assembly",
        Accessibility.ProtectedAndInternal when !IsSeen(member, handler) => "is private protected in another assembly",
        _ => null,
    };

    /// <summary>Whether classes of other assemblies can derive from a type.</summary>
    public static bool IsOpen(INamedTypeSymbol type)
    {
        if (type.IsSealed || !type.InstanceConstructors.Any(IsOpen)) return false;
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (!IsOpen(t as ISymbol)) return false;
        }
        return true;
    }

    private static bool IsOpen(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static bool IsSeen(ISymbol member, INamedTypeSymbol handler) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, handler.ContainingAssembly)
        || member.ContainingAssembly.GivesAccessTo(handler.ContainingAssembly);
}
