using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads types that stand for several messages, and finds those that a message belongs to.</summary>
internal static class MessageUnionParser
{
    /// <summary>Whether a type, if it is marked as a message, stands for others.</summary>
    public static bool IsUnion(ITypeSymbol type) => type.TypeKind == TypeKind.Interface || type is { TypeKind: TypeKind.Class, IsAbstract: true, IsStatic: false };

    /// <summary>The transform of the pipeline. Null where the type is no such type, or nothing can be added to it.</summary>
    public static MessageUnionModel? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (context.TargetSymbol is not INamedTypeSymbol type || !IsUnion(type) || IsGeneric(type) || !TypeShellParser.CanBeReopened(type) || !FirstDeclaration.Is(context)) return null;

        return new(TypeShellParser.Parse(type), MessageName.Of(type)!, default, EarlyReport.NotPartial(type, cancellation));
    }

    /// <summary>Puts the messages to the types that stand for them.</summary>
    public static Outcome<MessageUnionModel> WithCases(Outcome<MessageUnionModel> union, ImmutableArray<MessageCase> cases)
    {
        if (union.Model is not { } model) return union;

        var own = cases.Where(c => c.Union == model.Shell.FullName).OrderBy(c => c.Type, StringComparer.Ordinal).ToEquatableArray();
        return new(model with { Cases = own });
    }

    /// <summary>The marked types that a message implements or derives from, whether they can stand for it or not.</summary>
    public static IEnumerable<INamedTypeSymbol> UnionsOf(INamedTypeSymbol message)
    {
        for (var type = message.BaseType; type is { SpecialType: SpecialType.None }; type = type.BaseType)
        {
            if (type.IsAbstract && MessageName.Of(type) is not null) yield return type;
        }
        foreach (var type in message.AllInterfaces)
        {
            if (type.SpecialType == SpecialType.None && MessageName.Of(type) is not null) yield return type;
        }
    }

    /// <summary>Why a type does not stand for a message of its own; null where it does.</summary>
    public static (string Fact, string Remedy)? WhyNotHeld(INamedTypeSymbol message, INamedTypeSymbol union, Compilation compilation)
    {
        if (!SymbolEqualityComparer.Default.Equals(union.ContainingAssembly, message.ContainingAssembly)) return ("is in another assembly", "Declare it beside that type, or do not send it as one");
        if (IsGeneric(message)) return ("has type parameters", "Write a message for each type");
        if (!compilation.IsSymbolAccessibleWithin(message, union)) return ("is not accessible from there", "Make it internal");
        return null;
    }

    /// <summary>Whether a type, or a type around it, has type parameters.</summary>
    public static bool IsGeneric(INamedTypeSymbol type) => type.IsGenericType || (type.ContainingType is { } around && IsGeneric(around));
}
