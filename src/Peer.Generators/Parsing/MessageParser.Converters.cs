using Microsoft.CodeAnalysis;

namespace Peers.Generators;

// What goes through System.Text.Json: enums by name, and whatever has a converter.
internal sealed partial class MessageParser
{
    /// <summary>The options that converters are given, C#: those of the assembly's context, or our own.</summary>
    private string? _options;

    private string Options => _options ??= OptionsOf(compilation.Assembly);

    // [JsonConverter], or an attribute derived from it.
    private static AttributeData? FindConverter(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            for (var type = attribute.AttributeClass; type is { SpecialType: SpecialType.None }; type = type.BaseType)
            {
                if (type.Name == "JsonConverterAttribute" && type.ToDisplayString(TypeNames.Namespace) == JsonNames.Converter) return attribute;
            }
        }
        return null;
    }

    private static INamedTypeSymbol? TypeOf(AttributeData converter) =>
        converter.AttributeClass?.Name == "JsonConverterAttribute" ? converter.ConstructorArguments.FirstOrDefault().Value as INamedTypeSymbol : null;

    // Where the converter without a type argument is asked for: by a member, or by the enum itself.
    private readonly List<(ISymbol Owner, AttributeData Attribute, ITypeSymbol Enum)> _dynamicEnumConverters = [];

    /// <summary>The enums with the converter that has no type argument.</summary>
    public IReadOnlyList<(ISymbol Owner, AttributeData Attribute, ITypeSymbol Enum)> DynamicEnumConverters => _dynamicEnumConverters;

    private MessageValue? ParseConverted(ITypeSymbol type, AttributeData attribute, ISymbol owner)
    {
        if (TypeOf(attribute) is not { } converter)
        {
            Report(owner, type, "has a converter that its attribute makes, which only run time would know");
            return null;
        }
        if (IsEnumConverter(converter) && type is INamedTypeSymbol { TypeKind: TypeKind.Enum } @enum) return ParseNamedEnum(@enum, converter, attribute, owner);
        if (NullableItem(type) is { } present && ConvertedBy(converter) is { } item && SymbolEqualityComparer.Default.Equals(item, present))
            return ParseNullableValue(type, present, MessageNumbers.Plain, owner, attribute);
        if (NullableItem(type) is { TypeKind: TypeKind.Enum } nullable && IsEnumConverter(converter))
            return ParseNullableValue(type, nullable, MessageNumbers.Plain, owner, attribute);

        if (WhyNotConverter(converter, type) is { } why)
        {
            Report(owner, type, why);
            return null;
        }

        NoteObsolete(converter);
        NoteObsolete(type);
        var canBeNull = CanBeNull(type);
        var kind = canBeNull ? MessageCodecKind.NullableConverter : MessageCodecKind.Converter;
        var name = AddCodec(new(type, converter: converter), () => Codec(type, kind) with { Result = Make(converter, type), Options = Options })!;
        return new(type.FullNotNull(), "", name, canBeNull ? MessageNull.Converted : MessageNull.No, type.IsReferenceType);
    }

    private MessageValue ParseNamedEnum(INamedTypeSymbol type, INamedTypeSymbol converter, AttributeData attribute, ISymbol owner)
    {
        if (!converter.IsGenericType) _dynamicEnumConverters.Add((FindConverter(type) is { } own && own == attribute ? type : owner, attribute, type));

        var name = AddCodec(new(type, converter: converter), () => Codec(type, MessageCodecKind.Enum) with { Names = NamesOf(type) })!;
        return new(type.Full(), "", name, MessageNull.No, IsReference: false);
    }

    private EquatableArray<MessageEnumName> NamesOf(INamedTypeSymbol type)
    {
        NoteObsolete(type);
        var names = new List<MessageEnumName>();
        var values = new HashSet<object>();
        foreach (var field in type.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue))
        {
            NoteObsolete(field);
            var wireName = field.FindAttribute(JsonNames.MemberName)?.ConstructorArguments.FirstOrDefault().Value as string ?? field.Name;
            names.Add(new($"{type.Full()}.{TypeNames.Escape(field.Name)}", wireName, values.Add(field.ConstantValue!)));
        }
        return names.ToEquatableArray();
    }

    private static bool IsEnumConverter(INamedTypeSymbol converter) =>
        converter.Name == "JsonStringEnumConverter"
        && converter.OriginalDefinition.ToDisplayString(TypeNames.Namespace) is JsonNames.EnumConverter or JsonNames.EnumConverterOfT;

    private string? WhyNotConverter(INamedTypeSymbol converter, ITypeSymbol type)
    {
        var isForIt = IsFactory(converter) || SymbolEqualityComparer.Default.Equals(ConvertedBy(converter), type);
        if (!isForIt || IsEnumConverter(converter) || converter.IsUnboundGenericType) return $"has the converter '{converter.Short()}', which is none for it";

        var isMade = !converter.IsAbstract && compilation.IsSymbolAccessibleWithin(converter, within)
            && converter.InstanceConstructors.Any(c => c.Parameters.IsEmpty && compilation.IsSymbolAccessibleWithin(c, within));
        return isMade ? null : $"has the converter '{converter.Short()}', which has no constructor that takes nothing and is accessible from the message";
    }

    private string Make(INamedTypeSymbol converter, ITypeSymbol type) => IsFactory(converter)
        ? $"(global::System.Text.Json.Serialization.JsonConverter<{type.FullNotNull()}>)new {converter.Full()}().CreateConverter(typeof({type.FullNotNull()}), {Options})!"
        : $"new {converter.Full()}()";

    private static bool IsFactory(INamedTypeSymbol converter)
    {
        for (var type = converter; type is not null; type = type.BaseType)
        {
            if (type.ToDisplayString(TypeNames.Namespace) == JsonNames.ConverterFactory) return true;
        }
        return false;
    }

    // The T of its JsonConverter<T>.
    private static ITypeSymbol? ConvertedBy(INamedTypeSymbol converter)
    {
        for (var type = converter; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.OriginalDefinition.ToDisplayString(TypeNames.Namespace) == JsonNames.ConverterOfT) return type.TypeArguments[0];
        }
        return null;
    }

    private static string OptionsOf(IAssemblySymbol assembly)
    {
        var context = assembly.GetAttributes().FirstOrDefault(a => a.AttributeClass is { Name: "MessageContextAttribute", TypeArguments.Length: 1 } type
            && type.ContainingNamespace.ToDisplayString() == "Peers")?.AttributeClass!.TypeArguments[0];
        return context is null ? "global::Peers.MessageSerializer.Options" : $"{context.Full()}.Default.Options";
    }
}
