using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads a type with hooks or channels.</summary>
internal static class PeerTypeParser
{
    /// <summary>The model of the type around one attribute; null where another attribute of that type answers for it, or nothing can be added to it.</summary>
    public static PeerTypeModel? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = context.TargetSymbol as INamedTypeSymbol ?? context.TargetSymbol.ContainingType;
        return IsFirstTrigger(type, context.TargetSymbol, context.Attributes[0]) && FirstDeclaration.Is(context) ? Parse(type, new(), cancellation) : null;
    }

    /// <summary>The model of a type, problems told to <paramref name="problems"/>; null where there is nothing to add, or no way to.</summary>
    public static PeerTypeModel? Parse(INamedTypeSymbol type, Problems problems, CancellationToken cancellation)
    {
        var isHandler = HandlerParser.IsHandler(type);
        var channels = ChannelParser.Members(type);
        if (!isHandler && !HandlerParser.LendsHooks(type)) JoinParser.CheckNobodyJoins(type, problems);
        if (!isHandler && channels.Count == 0) return null;
        if (!isHandler) CheckPartial(type, channels, problems, cancellation);

        var models = channels.Select(c => ChannelParser.Parse(c, problems, cancellation)).Where(c => c is not null).Select(c => c!).ToEquatableArray();
        var handler = isHandler ? HandlerParser.Parse(type, problems, cancellation) : null;
        if (handler is null && models.Count == 0) return null;

        return TypeShellParser.CanBeReopened(type) ? new(TypeShellParser.Parse(type), handler, models, TemplatesName(type), problems.Early) : null;
    }

    // A namespace cannot have a type and a namespace of one name, nor a class a field of its own.
    private static string TemplatesName(INamedTypeSymbol type)
    {
        var name = "ChannelTemplates";
        while (type.ContainingNamespace.GetMembers(name).Any() || !type.GetMembers(name).IsEmpty) name += "_";
        return TypeShellParser.InNamespaceOf(type, name);
    }

    private static void CheckPartial(INamedTypeSymbol type, IReadOnlyList<ISymbol> channels, Problems problems, CancellationToken cancellation)
    {
        if (channels.FirstOrDefault(ChannelParser.IsPartial) is not { } channel) return;
        if (TypeShellParser.FindNotPartial(type, cancellation) is not { } notPartial) return;

        problems.AddEarly(Rules.ChannelMember, notPartial, $"{type.Name}.{channel.Name}", $"stands in '{notPartial.Name}', which is not partial", $"Add 'partial' to '{notPartial.Name}'");
    }

    // A type has many attributes and gets one model: from [PeerHandler], else from its first hook, else from its first channel.
    private static bool IsFirstTrigger(INamedTypeSymbol type, ISymbol target, AttributeData attribute)
    {
        if (type.HasAttribute(KnownNames.PeerHandler)) return target is INamedTypeSymbol && attribute.Is(KnownNames.PeerHandler);

        var first = HookParser.Declared(type).Concat(ChannelParser.Members(type)).FirstOrDefault();
        if (first is null || !SymbolEqualityComparer.Default.Equals(first, FirstDeclaration.Definition(target))) return false;

        var firstAttribute = first.GetAttributes().First(a => HookParser.KindOf(a) is not null || a.Is(KnownNames.Channel));
        return SymbolEqualityComparer.Default.Equals(firstAttribute.AttributeClass, attribute.AttributeClass);
    }
}
