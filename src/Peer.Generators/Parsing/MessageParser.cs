using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads one type marked <c>[Message]</c>, and the types that its properties hold.</summary>
internal sealed partial class MessageParser(INamedTypeSymbol message, Compilation compilation, CancellationToken cancellation)
{
    private readonly List<MessageProblem> _problems = [];

    // One codec a type, in the order in which they were met; null while its own members are being read.
    private readonly List<MessageCodec?> _codecs = [];
    private readonly Dictionary<ITypeSymbol, string> _codecOfType = new(SymbolEqualityComparer.IncludeNullability);
    private readonly HashSet<string> _codecNames = new(StringComparer.Ordinal);

    /// <summary>What is wrong, in the order in which it was met.</summary>
    public IReadOnlyList<MessageProblem> Problems => _problems;

    /// <summary>The transform of the pipeline. Null where nothing can be added to the type.</summary>
    public static MessageModel? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        if (context.TargetSymbol is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } type) return null;
        if (type.IsStatic || type.IsRefLikeType || !TypeShellParser.CanBeReopened(type)) return null;

        return new MessageParser(type, context.SemanticModel.Compilation, cancellation).ParseModel();
    }

    /// <summary>The message's members, or null where something is wrong.</summary>
    public MessageObject? ParseBody()
    {
        if (message.IsAbstract) Report(message, message, "is abstract, so there is nothing to make of what is read");

        var body = ParseObject(message);
        foreach (var member in body?.Members ?? EquatableArray<MessageMember>.Empty)
        {
            if (member.WireName != "type" && !member.WireName.StartsWith("$", StringComparison.Ordinal)) continue;
            var property = FindProperty(message, member.Property);
            _problems.Add(new ProtocolNameProblem(property, property.Type, member.WireName));
        }

        return _problems.Count == 0 ? body : null;
    }

    private MessageModel ParseModel()
    {
        var body = ParseBody();
        var codecs = body is null ? [] : _codecs.Select(codec => codec!).ToEquatableArray();
        return new(TypeShellParser.Parse(message), MessageName.Of(message)!, message.IsValueType, body, codecs, CodecsName());
    }

    private string CodecsName()
    {
        var name = "MessageCodec";
        while (message.MemberNames.Contains(name, StringComparer.Ordinal) || message.Name == name) name += "_";
        return name;
    }

    private void Report(ISymbol symbol, ITypeSymbol type, string why) => _problems.Add(new(symbol, type, why));

    // Null where the type cannot be on the wire, which is reported.
    private MessageValue? ParseValue(ITypeSymbol type, ISymbol owner)
    {
        cancellation.ThrowIfCancellationRequested();
        if (NullableItem(type) is { } present)
        {
            var codec = AddCodec(type, () => ParseNullable(type, present, owner));
            return codec is null ? null : new(type.Full(), "", codec, MessageNull.Value, IsReference: false);
        }

        var canBeNull = type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.NotAnnotated;
        var @null = canBeNull ? MessageNull.Reference : MessageNull.No;
        if (MessageKnownTypes.IsScalar(type)) return new(type.FullNotNull(), "", "", @null, type.IsReferenceType);
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } @enum) return ParseEnum(@enum, owner);

        var name = AddCodec(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), () => ParseCodec(type, owner));
        return name is null ? null : new(type.FullNotNull(), "", name, @null, type.IsReferenceType);
    }

    private MessageValue? ParseEnum(INamedTypeSymbol type, ISymbol owner)
    {
        if (type.HasAttribute(JsonNames.Converter))
        {
            Report(owner, type, "has a converter of its own, which is not supported yet");
            return null;
        }

        return new(type.Full(), type.EnumUnderlyingType!.ToDisplayString(), "", MessageNull.No, IsReference: false);
    }

    private MessageCodec? ParseCodec(ITypeSymbol type, ISymbol owner)
    {
        if (MessageKnownTypes.CollectionResult(type) is { } collection) return ParseCollection(type, collection, owner);
        if (MessageKnownTypes.DictionaryResult(type) is { } dictionary) return ParseDictionary((INamedTypeSymbol)type, dictionary, owner);
        if (WhyNotObject(type) is { } why)
        {
            Report(owner, type, why);
            return null;
        }

        var body = ParseObject((INamedTypeSymbol)type);
        return body is null ? null : Codec(type, MessageCodecKind.Object) with { Body = body };
    }

    private MessageCodec? ParseNullable(ITypeSymbol type, ITypeSymbol present, ISymbol owner)
    {
        var item = ParseValue(present, owner);
        return item is null ? null : Codec(type, MessageCodecKind.Nullable) with { Item = item };
    }

    private MessageCodec? ParseCollection(ITypeSymbol type, string result, ISymbol owner)
    {
        var itemType = type is IArrayTypeSymbol array ? array.ElementType : ((INamedTypeSymbol)type).TypeArguments[0];
        var item = ParseValue(itemType, owner);
        if (item is null) return null;
        return Codec(type, MessageCodecKind.Collection) with { Item = item, Result = result.Replace("{0}", item.FullType) };
    }

    private MessageCodec? ParseDictionary(INamedTypeSymbol type, string result, ISymbol owner)
    {
        if (type.TypeArguments[0].SpecialType != SpecialType.System_String)
        {
            Report(owner, type, "has keys that are not strings");
            return null;
        }

        var item = ParseValue(type.TypeArguments[1], owner);
        return item is null ? null : Codec(type, MessageCodecKind.Dictionary) with { Item = item, Result = result };
    }

    private static MessageCodec Codec(ITypeSymbol type, MessageCodecKind kind) =>
        new("", type.FullNotNull(), type.IsReferenceType, kind, null, "", null, type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).Short());

    // The name comes first, so that a type may hold itself.
    private string? AddCodec(ITypeSymbol type, Func<MessageCodec?> parse)
    {
        if (_codecOfType.TryGetValue(type, out var known)) return known;

        var name = UniqueName(CodecNameOf(type), _codecNames);
        _codecOfType.Add(type, name);
        var place = _codecs.Count;
        _codecs.Add(null);
        if (parse() is not { } codec) return null;

        _codecs[place] = codec with { Name = name };
        return name;
    }

    private static string UniqueName(string name, HashSet<string> names)
    {
        var unique = name;
        for (var i = 2; !names.Add(unique); i++) unique = name + i;
        return unique;
    }

    // What reads well behind TryRead and Write: ListOfString, NullableInt32, AddressArray.
    private static string CodecNameOf(ITypeSymbol type)
    {
        var question = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated ? "Nullable" : "";
        return question + type switch
        {
            IArrayTypeSymbol array => CodecNameOf(array.ElementType) + "Array",
            _ when NullableItem(type) is { } present => "Nullable" + CodecNameOf(present),
            INamedTypeSymbol { TypeArguments.Length: > 0 } generic => $"{PlainName(generic)}Of{CodecNameOf(generic.TypeArguments.Last())}",
            _ => type.Name,
        };
    }

    private static string PlainName(INamedTypeSymbol type) => type.TypeKind == TypeKind.Interface ? type.Name.TrimStart('I') : type.Name;

    private static ITypeSymbol? NullableItem(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : null;

    private string? WhyNotObject(ITypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Error) return "is of a type that does not exist";
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named) return "has no form on the wire";
        if (MessageKnownTypes.IsSystem(type) || type.IsTupleType || type.SpecialType != SpecialType.None) return "has no form on the wire";
        if (named.IsRefLikeType) return "is a ref struct";
        if (named.IsAbstract) return "is abstract, so there is nothing to make of what is read";
        if (type.HasAttribute(JsonNames.Converter)) return "has a converter of its own, which is not supported yet";
        if (type.HasAttribute(JsonNames.DerivedType)) return "is polymorphic, which only messages can be";
        if (named.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable)) return "is a collection of a kind that is not known";
        if (!compilation.IsSymbolAccessibleWithin(type, message)) return "is not accessible from the message";
        return null;
    }
}
