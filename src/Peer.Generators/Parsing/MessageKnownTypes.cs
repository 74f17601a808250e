using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>The types of the base library that have a form on the wire.</summary>
internal static class MessageKnownTypes
{
    private static readonly HashSet<string> s_scalars =
    [
        "System.Half", "System.Int128", "System.UInt128", "System.Guid", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly",
        "System.TimeSpan", "System.Uri", "System.Version", "System.Text.Json.JsonElement", "System.ReadOnlyMemory<byte>", "System.Memory<byte>", "Peers.PeerId",
    ];

    // What each is made of out of a MessageItems<T> called items. A collection that cannot be changed gets an array, which is smallest.
    private static readonly Dictionary<string, string> s_collections = new(StringComparer.Ordinal)
    {
        ["System.Collections.Generic.List<T>"] = "items.ToList()",
        ["System.Collections.Generic.IList<T>"] = "items.ToList()",
        ["System.Collections.Generic.ICollection<T>"] = "items.ToList()",
        ["System.Collections.Generic.IEnumerable<T>"] = "items.ToArray()",
        ["System.Collections.Generic.IReadOnlyList<T>"] = "items.ToArray()",
        ["System.Collections.Generic.IReadOnlyCollection<T>"] = "items.ToArray()",
        ["System.Collections.Generic.HashSet<T>"] = "items.ToSet()",
        ["System.Collections.Generic.ISet<T>"] = "items.ToSet()",
        ["System.Collections.Generic.IReadOnlySet<T>"] = "items.ToSet()",
        ["System.Collections.Generic.SortedSet<T>"] = "new(items.ToArray())",
        ["System.Collections.Generic.Queue<T>"] = "new(items.ToArray())",
        ["System.Collections.ObjectModel.Collection<T>"] = "new(items.ToList())",
        ["System.Collections.ObjectModel.ObservableCollection<T>"] = "new(items.ToList())",
        ["System.Collections.ObjectModel.ReadOnlyCollection<T>"] = "new(items.ToArray())",
        ["System.Collections.Immutable.ImmutableArray<T>"] = "global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(items.ToArray())",
        ["System.Collections.Immutable.ImmutableList<T>"] = "global::System.Collections.Immutable.ImmutableList.Create(items.ToArray())",
        ["System.Collections.Immutable.IImmutableList<T>"] = "global::System.Collections.Immutable.ImmutableList.Create(items.ToArray())",
        ["System.Collections.Immutable.ImmutableHashSet<T>"] = "global::System.Collections.Immutable.ImmutableHashSet.Create(items.ToArray())",
        ["System.Collections.Immutable.IImmutableSet<T>"] = "global::System.Collections.Immutable.ImmutableHashSet.Create(items.ToArray())",
        ["System.Collections.Immutable.ImmutableSortedSet<T>"] = "global::System.Collections.Immutable.ImmutableSortedSet.Create(items.ToArray())",
        ["System.Collections.Immutable.ImmutableQueue<T>"] = "global::System.Collections.Immutable.ImmutableQueue.Create(items.ToArray())",
        ["System.Collections.Immutable.IImmutableQueue<T>"] = "global::System.Collections.Immutable.ImmutableQueue.Create(items.ToArray())",
    };

    // What each is made of out of a Dictionary<string, T> called items.
    private static readonly Dictionary<string, string> s_dictionaries = new(StringComparer.Ordinal)
    {
        ["System.Collections.Generic.Dictionary<TKey, TValue>"] = "items",
        ["System.Collections.Generic.IDictionary<TKey, TValue>"] = "items",
        ["System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>"] = "items",
        ["System.Collections.Generic.SortedDictionary<TKey, TValue>"] = "new(items)",
        ["System.Collections.ObjectModel.ReadOnlyDictionary<TKey, TValue>"] = "new(items)",
        ["System.Collections.Immutable.ImmutableSortedDictionary<TKey, TValue>"] = "global::System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(items)",
        ["System.Collections.Immutable.ImmutableDictionary<TKey, TValue>"] = "global::System.Collections.Immutable.ImmutableDictionary.CreateRange(items)",
        ["System.Collections.Immutable.IImmutableDictionary<TKey, TValue>"] = "global::System.Collections.Immutable.ImmutableDictionary.CreateRange(items)",
    };

    /// <summary>Whether the runtime's reader and writer have an overload for the type.</summary>
    public static bool IsScalar(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean or SpecialType.System_Char or SpecialType.System_String => true,
        SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16 => true,
        SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64 => true,
        SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal or SpecialType.System_DateTime => true,
        SpecialType.None => type is IArrayTypeSymbol { IsSZArray: true, ElementType.SpecialType: SpecialType.System_Byte }
            || s_scalars.Contains(NameOf(type)),
        _ => false,
    };

    /// <summary>Whether the type is one of those that <c>JsonNumberHandling</c> is about.</summary>
    public static bool IsNumber(ITypeSymbol type) => type.SpecialType switch
    {
        >= SpecialType.System_SByte and <= SpecialType.System_Double => true,
        SpecialType.None => type.TypeKind == TypeKind.Struct && NameOf(type) is "System.Half" or "System.Int128" or "System.UInt128",
        _ => false,
    };

    /// <summary>What of a wish for numbers means something for a type.</summary>
    public static MessageNumbers Restrict(MessageNumbers numbers, ITypeSymbol type)
    {
        if (numbers == MessageNumbers.Plain || !IsNumber(type)) return MessageNumbers.Plain;

        var isReal = type.SpecialType is SpecialType.System_Single or SpecialType.System_Double || type.Name == "Half";
        return isReal ? numbers : numbers & ~MessageNumbers.Named;
    }

    /// <summary>How a collection of one kind of item is made out of a list; null where the type is no such collection.</summary>
    public static string? CollectionResult(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { IsSZArray: true }) return "items.ToArray()";
        return type is INamedTypeSymbol { TypeArguments.Length: 1 } && s_collections.TryGetValue(NameOf(type.OriginalDefinition), out var result) ? result : null;
    }

    /// <summary>How a dictionary is made out of one; null where the type is none.</summary>
    public static string? DictionaryResult(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeArguments.Length: 2 } && s_dictionaries.TryGetValue(NameOf(type.OriginalDefinition), out var result) ? result : null;

    /// <summary>Whether the type is part of the base library, whose other types are not taken apart into their properties.</summary>
    public static bool IsSystem(ITypeSymbol type)
    {
        var space = type.ContainingNamespace?.ToDisplayString(TypeNames.Namespace) ?? "";
        return space == "System" || space.StartsWith("System.", StringComparison.Ordinal);
    }

    private static string NameOf(ITypeSymbol type) => type.ToDisplayString(TypeNames.Namespace);
}
