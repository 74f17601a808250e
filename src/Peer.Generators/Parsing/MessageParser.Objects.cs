using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

// An object: its properties, its constructor, and which of them go where.
internal sealed partial class MessageParser
{
    private static readonly HashSet<string> s_takenLocals = ["reader", "writer", "message", "value", "seen"];

    // JsonIgnoreCondition
    private const int IgnoreNever = 0, IgnoreAlways = 1, IgnoreWhenWritingDefault = 2, IgnoreWhenWritingNull = 3, IgnoreWhenWriting = 4, IgnoreWhenReading = 5;

    private MessageObject? ParseObject(INamedTypeSymbol type)
    {
        var problems = _problems.Count;
        var constructor = FindConstructor(type);
        if (constructor is null) Report(type, type, "has no constructor that can be chosen: mark one that is accessible with [JsonConstructor]");

        var properties = PropertiesOf(type);
        var onWire = properties.Where(p => IgnoreCondition(p) != IgnoreAlways).OrderBy(OrderOf).ToList();
        var bound = BindParameters(constructor, properties);
        var locals = new HashSet<string>(s_takenLocals, StringComparer.Ordinal);
        var members = new List<MessageMember>();
        var numbers = NumbersOf(type) ?? MessageNumbers.Plain;
        foreach (var property in onWire)
        {
            bound.TryGetValue(property, out var parameter);
            if (ParseMember(type, constructor, property, parameter, numbers, locals) is { } member) members.Add(member);
        }

        ReportSameNames(type, onWire);
        ReportFields(type);
        ReportRequired(type, constructor, properties);
        if (_problems.Count > problems || _hasReported || constructor is null) return null;

        var setsRequired = constructor.HasAttribute(JsonNames.SetsRequiredMembers);
        var initialized = onWire.Select((property, i) => (property, i))
            .Where(p => members[p.i].Assignment == MessageAssignment.Construction
                && (!bound.ContainsKey(p.property) || (p.property.IsRequired && !setsRequired)))
            .Select(p => p.i);
        var arguments = constructor.Parameters.Select(parameter => ParseArgument(parameter, properties, onWire));
        return new(members.ToEquatableArray(), arguments.ToEquatableArray(), initialized.ToEquatableArray());
    }

    private MessageMember? ParseMember(
        INamedTypeSymbol type, IMethodSymbol? constructor, IPropertySymbol property, IParameterSymbol? parameter, MessageNumbers numbers, HashSet<string> locals)
    {
        if (WhyNotMember(property) is { } why)
        {
            Report(property, property.Type, why);
            return null;
        }

        if (ParseMemberValue(property, parameter, numbers) is not { } value) return null;

        var isDemanded = property.IsRequired && constructor?.HasAttribute(JsonNames.SetsRequiredMembers) != true;
        var isRequired = isDemanded || property.HasAttribute(JsonNames.Required) || parameter is { HasExplicitDefaultValue: false };
        var assignment = parameter is null ? AssignmentOf(type, constructor, property, isRequired) : MessageAssignment.Construction;
        var wireName = property.FindAttribute(JsonNames.PropertyName)?.ConstructorArguments.FirstOrDefault().Value as string
            ?? MessageName.CamelCase(property.Name);
        var local = MessageName.CamelCase(property.Name);
        if (!locals.Add(local)) local = UniqueName(local + "Value", locals);

        return new(
            TypeNames.Escape(property.Name), wireName, TypeNames.Escape(local), value,
            isRequired && assignment != MessageAssignment.None,
            IsUsable(property, property.GetMethod) && IgnoreCondition(property) != IgnoreWhenWriting,
            assignment,
            assignment == MessageAssignment.Accessor ? AddSetter(property, value) : "",
            OmissionOf(property, value));
    }

    private MessageValue? ParseMemberValue(IPropertySymbol property, IParameterSymbol? parameter, MessageNumbers numbers)
    {
        var type = property.Type;
        if ((property.FindAttribute(KnownNames.RawJson) ?? parameter?.FindAttribute(KnownNames.RawJson)) is { } raw) return ParseRawJson(property, type, raw);
        if (FindConverter(property) is { } converter) return ParseConverted(type, converter, property);

        var own = NumbersOf(property);
        var isAboutNumbers = MessageKnownTypes.IsNumber(NullableItem(type) ?? type) || HoldsNumbers(type);
        if (own is null || isAboutNumbers) return ParseValue(type, property, own ?? numbers);

        Report(property, type, "asks for numbers in another form, and is neither a number nor a collection of numbers");
        return null;
    }

    private MessageValue? ParseRawJson(IPropertySymbol property, ITypeSymbol type, AttributeData mark)
    {
        var present = NullableItem(type);
        if ((present ?? type).ToDisplayString(TypeNames.Namespace) != "System.ReadOnlyMemory<byte>")
        {
            Report(property, type, "is marked as JSON, which only ReadOnlyMemory<byte> can be");
            return null;
        }

        var item = new MessageValue((present ?? type).Full(), "", "", MessageNull.No, IsReference: false, IsRawJson: true);
        if (present is null) return item;

        var codec = AddCodec(new(type, converter: mark.AttributeClass), () => ParseNullable(type, item))!;
        return new(type.Full(), "", codec, MessageNull.Value, IsReference: false);
    }

    private static MessageNumbers? NumbersOf(ISymbol symbol) =>
        symbol.FindAttribute(JsonNames.NumberHandling)?.ConstructorArguments.FirstOrDefault().Value is int numbers ? (MessageNumbers)numbers : null;

    private static int OrderOf(IPropertySymbol property) =>
        property.FindAttribute(JsonNames.PropertyOrder)?.ConstructorArguments.FirstOrDefault().Value as int? ?? 0;

    // Base types first; what hides or overrides takes the place of what it hides.
    private static List<IPropertySymbol> PropertiesOf(INamedTypeSymbol type)
    {
        var types = new Stack<INamedTypeSymbol>();
        for (var t = type; t is not null && (ReferenceEquals(t, type) || !MessageKnownTypes.IsSystem(t)); t = t.BaseType) types.Push(t);

        var properties = new List<IPropertySymbol>();
        foreach (var property in types.SelectMany(t => t.GetMembers().OfType<IPropertySymbol>()))
        {
            if (property.IsStatic || property.IsIndexer || !property.ExplicitInterfaceImplementations.IsEmpty) continue;
            if (property.DeclaredAccessibility != Accessibility.Public && !property.HasAttribute(JsonNames.Include)) continue;

            var hidden = properties.FindIndex(p => p.Name == property.Name);
            if (hidden < 0) properties.Add(property);
            else properties[hidden] = property;
        }

        return properties;
    }

    private static IPropertySymbol FindProperty(INamedTypeSymbol type, string escapedName) =>
        PropertiesOf(type).First(p => TypeNames.Escape(p.Name) == escapedName);

    // [JsonConstructor], else the primary one, else the one without parameters, else the only public one.
    private IMethodSymbol? FindConstructor(INamedTypeSymbol type)
    {
        var marked = type.InstanceConstructors.Where(c => c.HasAttribute(JsonNames.Constructor)).ToList();
        if (marked.Count > 0) return marked.Count == 1 && compilation.IsSymbolAccessibleWithin(marked[0], within) ? marked[0] : null;

        var usable = type.InstanceConstructors.Where(c => compilation.IsSymbolAccessibleWithin(c, within) && !IsCopy(c)).ToList();
        if (usable.Find(IsPrimary) is { } primary) return primary;

        var open = usable.Where(c => c.DeclaredAccessibility == Accessibility.Public).ToList();
        var declared = open.Where(c => !c.IsImplicitlyDeclared).ToList();
        if (type.IsValueType && declared.Count == 1) return declared[0];
        if (open.Find(c => c.Parameters.IsEmpty) is { } empty) return empty;
        return open.Count == 1 ? open[0] : null;
    }

    private static bool IsCopy(IMethodSymbol constructor) =>
        constructor.ContainingType.IsRecord && constructor.Parameters.Length == 1
        && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, constructor.ContainingType);

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null });

    private Dictionary<IPropertySymbol, IParameterSymbol> BindParameters(IMethodSymbol? constructor, List<IPropertySymbol> properties)
    {
        var bound = new Dictionary<IPropertySymbol, IParameterSymbol>(SymbolEqualityComparer.Default);
        foreach (var parameter in constructor?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty)
        {
            var property = Match(parameter, properties);
            if (property is not null && SymbolEqualityComparer.Default.Equals(property.Type, parameter.Type) && parameter.RefKind is RefKind.None or RefKind.In)
                bound[property] = parameter;
            else
                Report(parameter, parameter.Type, "is a constructor parameter without a public property of the same name and type");
        }

        return bound;
    }

    private static IPropertySymbol? Match(IParameterSymbol parameter, List<IPropertySymbol> properties) =>
        properties.Find(p => string.Equals(p.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));

    private static MessageArgument ParseArgument(IParameterSymbol parameter, List<IPropertySymbol> properties, List<IPropertySymbol> onWire)
    {
        var member = onWire.IndexOf(Match(parameter, properties)!);
        var @default = parameter.HasExplicitDefaultValue && parameter.ExplicitDefaultValue is { } value ? Literal(value, parameter.Type) : "";
        return member < 0 ? new(-1, @default.Length > 0 ? @default : "default!") : new(member, @default);
    }

    private MessageAssignment AssignmentOf(INamedTypeSymbol type, IMethodSymbol? constructor, IPropertySymbol property, bool isRequired)
    {
        if (property.SetMethod is not { } setter || !IsUsable(property, setter)) return MessageAssignment.None;
        if (IgnoreCondition(property) == IgnoreWhenReading) return MessageAssignment.None;
        if (isRequired || StartsAsDefault(constructor, property)) return MessageAssignment.Construction;
        if (!setter.IsInitOnly) return MessageAssignment.Set;
        return type.IsValueType ? MessageAssignment.With : MessageAssignment.Accessor;
    }

    private bool IsUsable(IPropertySymbol property, IMethodSymbol? accessor) =>
        accessor is not null
        && (accessor.DeclaredAccessibility == Accessibility.Public || property.HasAttribute(JsonNames.Include))
        && compilation.IsSymbolAccessibleWithin(accessor, within);

    // An automatic property that nothing gives another value than its type's default: setting that again does nothing.
    private bool StartsAsDefault(IMethodSymbol? constructor, IPropertySymbol property)
    {
        if (constructor is null || !RunsNoBody(constructor) || HasConstructorBodyAbove(constructor.ContainingType)) return false;
        if (!SymbolEqualityComparer.Default.Equals(constructor.ContainingType, property.ContainingType)) return false;

        return !IsPartialProperty(property)
            && property.DeclaringSyntaxReferences.Length == 1
            && property.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is PropertyDeclarationSyntax { Initializer: null, AccessorList: { } accessors }
            && accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null);
    }

    // The other part of a partial property has bodies, or an initial value, or is not there yet.
    private static bool IsPartialProperty(IPropertySymbol property) =>
        property.IsPartialDefinition || property.PartialDefinitionPart is not null || property.PartialImplementationPart is not null;

    private static bool RunsNoBody(IMethodSymbol constructor) => constructor.IsImplicitlyDeclared || IsPrimary(constructor);

    // The body of a base constructor can set anything, by an override or through `this`. Initializers cannot: they do not see the object.
    private static bool HasConstructorBodyAbove(INamedTypeSymbol type)
    {
        for (var t = type.BaseType; t is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; t = t.BaseType)
        {
            if (t.DeclaringSyntaxReferences.IsEmpty || t.InstanceConstructors.Any(c => !IsCopy(c) && !RunsNoBody(c))) return true;
        }
        return false;
    }

    // What is called to set it, without its arguments.
    private string AddSetter(IPropertySymbol property, MessageValue value)
    {
        var name = UniqueName($"Set{property.ContainingType.Name}{property.Name}", _codecNames);
        var isApart = MessageUnionParser.IsGeneric(message);
        var setter = SetterParser.Parse(property, isApart);
        if (setter is { IsApart: true } && !SetterParser.CanStandApart(property, compilation))
        {
            Report(property, property.Type, "is an init property with an initial value in a generic type that only the generic message can see");
        }
        _codecs.Add(new(name, property.ContainingType.FullNotNull(), IsReference: true, MessageCodecKind.Setter, value, property.SetMethod!.MetadataName, null, "", Setter: setter));
        if (setter is null) return name;

        var call = $"{name}{setter.TypeArguments}.Set";
        return isApart ? TypeShellParser.InNamespaceOf(message, call) : call;
    }

    private string? WhyNotMember(IPropertySymbol property)
    {
        if (property.HasAttribute(JsonNames.ExtensionData)) return "takes what is left over, which is not supported";
        if (property.HasAttribute(JsonNames.CreationHandling)) return "is to be filled where it is, which is not supported";
        if (property.RefKind != RefKind.None) return "returns a reference";
        if (property.HasAttribute(JsonNames.Include) && !IsUsable(property, property.GetMethod) && !IsUsable(property, property.SetMethod)) return "is not accessible from the message";
        return null;
    }

    private void ReportSameNames(INamedTypeSymbol type, List<IPropertySymbol> properties)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in properties)
        {
            var name = property.FindAttribute(JsonNames.PropertyName)?.ConstructorArguments.FirstOrDefault().Value as string
                ?? MessageName.CamelCase(property.Name);
            if (!names.Add(name)) Report(property, property.Type, $"is called '{name}' on the wire, as another property is");
        }
    }

    // System.Text.Json would read and write them.
    private void ReportFields(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType!)
        {
            foreach (var field in t.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasAttribute(JsonNames.Include)))
                Report(field, field.Type, "is a field, and only properties are read");
        }
    }

    // The compiler asks for these where the object is made, and the wire does not have them.
    private void ReportRequired(INamedTypeSymbol type, IMethodSymbol? constructor, List<IPropertySymbol> properties)
    {
        if (constructor is null || constructor.HasAttribute(JsonNames.SetsRequiredMembers)) return;

        foreach (var property in properties.Where(p => p.IsRequired && IgnoreCondition(p) is IgnoreAlways or IgnoreWhenReading))
            Report(property, property.Type, "is required and ignored");

        for (var t = type; t is not null; t = t.BaseType!)
        {
            foreach (var field in t.GetMembers().OfType<IFieldSymbol>().Where(f => f.IsRequired))
                Report(field, field.Type, "is a required field, and only properties are read");
        }
    }

    private static int IgnoreCondition(IPropertySymbol property)
    {
        if (property.FindAttribute(JsonNames.Ignore) is not { } attribute) return IgnoreNever;
        return attribute.NamedArguments.FirstOrDefault(a => a.Key == "Condition").Value.Value as int? ?? IgnoreAlways;
    }

    private static MessageOmission OmissionOf(IPropertySymbol property, MessageValue value) => IgnoreCondition(property) switch
    {
        IgnoreWhenWritingDefault when value.IsReference || value.Null == MessageNull.Value => MessageOmission.WhenNull,
        IgnoreWhenWritingDefault => MessageOmission.WhenDefault,
        IgnoreWhenWritingNull when value.IsReference || value.Null == MessageNull.Value => MessageOmission.WhenNull,
        _ => MessageOmission.Never,
    };

    private static string Literal(object value, ITypeSymbol type)
    {
        string text = value switch
        {
            double.NaN or double.PositiveInfinity or double.NegativeInfinity => $"double.{Name((double)value)}",
            float.NaN or float.PositiveInfinity or float.NegativeInfinity => $"float.{Name((float)value)}",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            decimal number => number.ToString(CultureInfo.InvariantCulture) + "m",
            _ => SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false)!,
        };
        return value is string or bool ? text : $"({type.Full()})({text})";
    }

    private static string Name(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "PositiveInfinity" : "NegativeInfinity";
}
