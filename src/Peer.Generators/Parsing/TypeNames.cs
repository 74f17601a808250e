using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Generators;

/// <summary>How names are printed in generated code.</summary>
internal static class TypeNames
{
    private static readonly SymbolDisplayFormat s_full = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat s_short = SymbolDisplayFormat.MinimallyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Keywords that only their context makes so, where that context may be a generated one.</summary>
    private static readonly HashSet<string> s_contextual =
        ["async", "await", "dynamic", "extension", "field", "file", "from", "notnull", "partial", "record", "required", "scoped", "unmanaged", "var", "when", "where", "yield"];

    /// <summary>Dotted, keywords escaped, without <c>global::</c>.</summary>
    public static SymbolDisplayFormat Namespace { get; } =
        SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted);

    /// <summary>From <c>global::</c> on, with the annotations of nullable references inside and outside.</summary>
    public static string Full(this ITypeSymbol type) => type.ToDisplayString(s_full);

    /// <summary>As <see cref="Full(ITypeSymbol)"/>, with other names for type parameters.</summary>
    public static string Full(this ITypeSymbol type, IReadOnlyDictionary<ISymbol, string> names) =>
        string.Concat(type.ToDisplayParts(s_full).Select(part => part.Symbol is ITypeParameterSymbol parameter ? names[parameter] : part.ToString()));

    /// <summary>From <c>global::</c> on; a nullable reference without its own annotation.</summary>
    public static string FullNotNull(this ITypeSymbol type) =>
        (type.IsReferenceType ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : type).ToDisplayString(s_full);

    /// <summary>As a person would write it, for comments and diagnostics.</summary>
    public static string Short(this ITypeSymbol type) => type.ToDisplayString(s_short);

    /// <summary>A name that may be a keyword, as it is written in source.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || s_contextual.Contains(name) ? "@" + name : name;

    /// <summary>A string as a C# literal.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
