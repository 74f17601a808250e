using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>What a message is called on the wire.</summary>
internal static class MessageName
{
    /// <summary>The name that <c>[Message]</c> gives, or the type's name in camel case; null where the type is not marked.</summary>
    public static string? Of(ITypeSymbol type)
    {
        var attribute = type.FindAttribute(KnownNames.Message);
        if (attribute is null) return null;

        return attribute.ConstructorArguments.FirstOrDefault().Value as string ?? CamelCase(type.Name);
    }

    /// <summary>Whether a type marked as a message gets its reader and writer. Where it does not, the message itself is reported.</summary>
    public static bool IsCompleted(ITypeSymbol message) =>
        message is INamedTypeSymbol { IsStatic: false, IsRefLikeType: false } type
        && (type.DeclaringSyntaxReferences.IsEmpty || TypeShellParser.CanBeReopened(type));

    /// <summary>As <c>JsonNamingPolicy.CamelCase</c> does it: <c>IPAddress</c> gives <c>ipAddress</c>.</summary>
    public static string CamelCase(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            var isLastOfRun = i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]);
            if (isLastOfRun) break;

            letters[i] = char.ToLowerInvariant(letters[i]);
        }
        return new(letters);
    }
}
