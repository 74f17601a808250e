using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Says how a type is reopened, and whether it can be.</summary>
internal static class TypeShellParser
{
    // Once a namespace and compilation, because each type in it asks.
    private static readonly ConditionalWeakTable<INamespaceOrTypeSymbol, AlikeNames> s_alike = new();

    public static TypeShell Parse(INamedTypeSymbol type)
    {
        var types = new List<INamedTypeSymbol>();
        for (var t = type; t is not null; t = t.ContainingType) types.Insert(0, t);

        var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(TypeNames.Namespace);
        var path = string.Join(".", types.Select(FileName));
        return new(
            space,
            types.Select(Declaration).ToEquatableArray(),
            type.Full(),
            TypeNames.Escape(type.Name),
            space.Length > 0 ? $"{space.Replace("@", "")}.{path}" : path);
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
            if (t.IsFileLocal) return false;
        }
        return true;
    }

    // Hint names are compared without regard to case, and two equal ones would end the generator: a type whose name differs from that of
    // another in case alone gets its place among them.
    private static string FileName(INamedTypeSymbol type)
    {
        var name = type.MetadataName.Replace('`', '-');
        if (type.ContainingSymbol is not INamespaceOrTypeSymbol around) return name;
        if (!s_alike.GetValue(around, AlikeNames.In).TryGetValue(type.MetadataName, out var alike)) return name;

        var place = alike.Count(n => string.CompareOrdinal(n, type.MetadataName) < 0);
        return place == 0 ? name : $"{name}-{place}";
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

    /// <summary>The names in a namespace or type that differ from others there in case alone, each with those others and itself.</summary>
    private sealed class AlikeNames() : Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase)
    {
        public static AlikeNames In(INamespaceOrTypeSymbol around)
        {
            var alike = new AlikeNames();
            var groups = around.GetTypeMembers().Select(t => t.MetadataName).GroupBy(n => n, StringComparer.OrdinalIgnoreCase);
            foreach (var group in groups.Select(g => g.ToArray()).Where(g => g.Length > 1)) alike.Add(group[0], group);
            return alike;
        }
    }
}
