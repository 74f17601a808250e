using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Says how a type is reopened, and whether it can be.</summary>
internal static class TypeShellParser
{
    public static TypeShell Parse(INamedTypeSymbol type)
    {
        var types = new List<INamedTypeSymbol>();
        for (var t = type; t is not null; t = t.ContainingType) types.Insert(0, t);

        var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(TypeNames.Namespace);
        return new(
            space,
            types.Select(Declaration).ToEquatableArray(),
            type.Full(),
            TypeNames.Escape(type.Name),
            HintName.Of(type));
    }

    /// <summary>A name that is declared beside the outermost type, from <c>global::</c> on.</summary>
    public static string InNamespaceOf(INamedTypeSymbol type, string name) =>
        type.ContainingNamespace.IsGlobalNamespace ? $"global::{name}" : $"global::{type.ContainingNamespace.ToDisplayString(TypeNames.Namespace)}.{name}";

    /// <summary>The first type, outermost first, that is not partial: nothing can be added to <paramref name="type"/> until it is.</summary>
    public static INamedTypeSymbol? FindNotPartial(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var around = type.ContainingType is null ? null : FindNotPartial(type.ContainingType, cancellation);
        return around ?? (IsPartial(type, cancellation) ? null : type);
    }

    /// <summary>Whether anything can be added to <paramref name="type"/> from another file.</summary>
    /// <remarks>
    /// A type that is not partial is reopened all the same: the compiler then reports that (CS0260) where we do, and not each use of
    /// the type as a handler or message.
    /// </remarks>
    public static bool CanBeReopened(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            // Members outside of all types belong to a class that the compiler makes up, and a half-written declaration has no name.
            if (t.IsFileLocal || t.IsImplicitClass || t.IsExtension || t.Name.Length == 0) return false;
        }
        return true;
    }

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.All(r =>
            r.GetSyntax(cancellation) is TypeDeclarationSyntax syntax
            && syntax.Modifiers.Any(m => m.ValueText == "partial"));

    private static string Declaration(INamedTypeSymbol type)
    {
        var parameters = type.TypeParameters.Length == 0
            ? ""
            : $"<{string.Join(", ", type.TypeParameters.Select(p => TypeNames.Escape(p.Name)))}>";
        return $"partial {Keyword(type)} {TypeNames.Escape(type.Name)}{parameters}";
    }

    private static string Keyword(INamedTypeSymbol type) => (type.TypeKind, type.IsRecord) switch
    {
        (TypeKind.Struct, true) => "record struct",
        (TypeKind.Struct, false) => "struct",
        (TypeKind.Interface, _) => "interface",
        (_, true) => "record",
        _ => "class",
    };
}
