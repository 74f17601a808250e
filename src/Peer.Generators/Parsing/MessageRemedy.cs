using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Says what to do about a type where a message is wanted.</summary>
internal static class MessageRemedy
{
    /// <summary>The remedy, a sentence without its full stop.</summary>
    /// <param name="type">The type.</param>
    /// <param name="verb">What is done with the message: <c>return</c>, <c>send</c>.</param>
    public static string Of(ITypeSymbol type, string verb)
    {
        if (type is ITypeParameterSymbol) return $"Constrain it: 'where {type.Name} : IMessage<{type.Name}>'";
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T) return "Take its value, once it is known not to be null";
        if (IsTask(type)) return $"Await it, and {verb} what it gives";
        if (type.IsAnonymousType) return "Declare a [Message] record";
        if (CanBeMarked(type)) return $"Mark '{type.Name}' [Message], and make it partial";

        var isForeign = type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false, SpecialType: SpecialType.None, IsTupleType: false }
            && !MessageKnownTypes.IsScalar(type)
            && !type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);
        return isForeign
            ? $"Write '[assembly: MessageType<{type.Short()}>]', or {verb} a [Message] type that has it as a member"
            : $"{char.ToUpperInvariant(verb[0])}{verb.Substring(1)} a [Message] type that has it as a member";
    }

    /// <summary>Whether a type is the project's own, so that it can be marked.</summary>
    public static bool CanBeMarked(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsStatic: false, IsRefLikeType: false, IsFileLocal: false } && !type.DeclaringSyntaxReferences.IsEmpty;

    private static bool IsTask(ITypeSymbol type) =>
        type is { Name: "Task" or "ValueTask", ContainingNamespace: { } space } && space.ToDisplayString() == "System.Threading.Tasks";
}
