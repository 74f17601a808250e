using Microsoft.CodeAnalysis;

namespace Peers.Generators;

// A value: a property's, an item's, or a dictionary's.
internal sealed partial class MessageParser
{
    // Null where the type cannot be on the wire, which is reported.
    private MessageValue? ParseValue(ITypeSymbol type, ISymbol owner, MessageNumbers numbers = MessageNumbers.Plain)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_isGrowing) return null;
        if (NullableItem(type) is { } present) return ParseNullableValue(type, present, numbers, owner, converter: null);
        if (FindConverter(type) is { } converter) return ParseConverted(type, converter, owner);

        var @null = CanBeNull(type) ? MessageNull.Reference : MessageNull.No;
        if (MessageKnownTypes.IsScalar(type)) return new(type.FullNotNull(), "", "", @null, type.IsReferenceType, MessageKnownTypes.Restrict(numbers, type));
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } @enum)
        {
            NoteObsolete(type);
            return new(type.Full(), @enum.EnumUnderlyingType!.ToDisplayString(), "", MessageNull.No, IsReference: false);
        }

        var key = new CodecKey(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), HoldsNumbers(type) ? numbers : MessageNumbers.Plain);
        var name = AddCodec(key, () => ParseCodec(type, numbers, owner));
        return name is null ? null : new(type.FullNotNull(), "", name, @null, type.IsReferenceType);
    }

    private MessageValue? ParseNullableValue(ITypeSymbol type, ITypeSymbol present, MessageNumbers numbers, ISymbol owner, AttributeData? converter)
    {
        var key = new CodecKey(type, MessageKnownTypes.Restrict(numbers, present), converter is null ? null : TypeOf(converter));
        var codec = AddCodec(key, () => ParseNullable(type, converter is null ? ParseValue(present, owner, numbers) : ParseConverted(present, converter, owner)));
        return codec is null ? null : new(type.Full(), "", codec, MessageNull.Value, IsReference: false);
    }

    private MessageCodec? ParseCodec(ITypeSymbol type, MessageNumbers numbers, ISymbol owner)
    {
        if (MessageUnionParser.IsUnion(type) && MessageName.Of(type) is not null) return ParseUnion(type);
        if (MessageKnownTypes.CollectionResult(type) is { } collection) return ParseCollection(type, collection, numbers, owner);
        if (MessageKnownTypes.DictionaryResult(type) is { } dictionary) return ParseDictionary((INamedTypeSymbol)type, dictionary, numbers, owner);
        if (WhyNotObject(type) is { } why)
        {
            Report(owner, type, why);
            return null;
        }

        var named = (INamedTypeSymbol)type;
        if (!TryEnter(named, owner)) return null;

        var body = ParseObject(named);
        _entered.RemoveAt(_entered.Count - 1);
        return body is null ? null : Codec(type, MessageCodecKind.Object) with { Body = body };
    }

    // A generic type that holds itself with ever larger arguments has no end: Nest<T> with a property of type Nest<List<T>>.
    private bool TryEnter(INamedTypeSymbol type, ISymbol owner)
    {
        _isGrowing |= type.IsGenericType && _entered.Count(t => SymbolEqualityComparer.Default.Equals(t, type.OriginalDefinition)) >= MaxNestedGenerics;
        if (!_isGrowing)
        {
            _entered.Add(type.OriginalDefinition);
            return true;
        }

        if (!_hasReportedGrowth) Report(owner, type.OriginalDefinition, "is generic and holds itself with ever larger type arguments");
        _hasReportedGrowth = true;
        return false;
    }

    private MessageCodec? ParseUnion(ITypeSymbol type)
    {
        if (MessageName.IsCompleted(type)) return Codec(type, MessageCodecKind.Union);

        _hasReported = true;
        return null;
    }

    private static MessageCodec? ParseNullable(ITypeSymbol type, MessageValue? item) =>
        item is null ? null : Codec(type, MessageCodecKind.Nullable) with { Item = item };

    private MessageCodec? ParseCollection(ITypeSymbol type, string result, MessageNumbers numbers, ISymbol owner)
    {
        var item = ParseValue(ItemOf(type)!, owner, OfItems(ItemOf(type)!, numbers));
        if (item is null) return null;
        return Codec(type, MessageCodecKind.Collection) with { Item = item, Result = result.Replace("{0}", item.FullType) };
    }

    private MessageCodec? ParseDictionary(INamedTypeSymbol type, string result, MessageNumbers numbers, ISymbol owner)
    {
        if (type.TypeArguments[0].SpecialType != SpecialType.System_String)
        {
            Report(owner, type, "has keys that are not strings");
            return null;
        }

        var item = ParseValue(type.TypeArguments[1], owner, OfItems(type.TypeArguments[1], numbers));
        return item is null ? null : Codec(type, MessageCodecKind.Dictionary) with { Item = item, Result = result };
    }

    private static MessageCodec Codec(ITypeSymbol type, MessageCodecKind kind) =>
        new("", type.FullNotNull(), type.IsReferenceType, kind, null, "", null, type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).Short());

    // Numbers in collections in collections are always plain: so System.Text.Json has it.
    private static MessageNumbers OfItems(ITypeSymbol item, MessageNumbers numbers) => MessageKnownTypes.Restrict(numbers, NullableItem(item) ?? item);

    private static bool HoldsNumbers(ITypeSymbol type) => ItemOf(type) is { } item && MessageKnownTypes.IsNumber(NullableItem(item) ?? item);

    // What a collection or a dictionary holds, or null.
    private static ITypeSymbol? ItemOf(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return array.ElementType;
        var isKnown = MessageKnownTypes.CollectionResult(type) is not null || MessageKnownTypes.DictionaryResult(type) is not null;
        return isKnown ? ((INamedTypeSymbol)type).TypeArguments.Last() : null;
    }

    private static ITypeSymbol? NullableItem(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : null;

    private static bool CanBeNull(ITypeSymbol type) => type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.NotAnnotated;

    private string? WhyNotObject(ITypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Error) return "is of a type that does not exist";
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named) return "has no form on the wire";
        if (MessageKnownTypes.IsSystem(type) || type.IsTupleType || type.SpecialType != SpecialType.None) return "has no form on the wire";
        if (named.IsRefLikeType) return "is a ref struct";
        if (named.IsAbstract) return "is abstract, so there is nothing to make of what is read";
        if (named.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable)) return "is a collection of a kind that is not known";
        if (!compilation.IsSymbolAccessibleWithin(type, within)) return "is not accessible from the message";
        return null;
    }
}
