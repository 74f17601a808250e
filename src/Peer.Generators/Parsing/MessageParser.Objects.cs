using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

// An object: its properties, its constructor, and which of them go where.
internal sealed partial class MessageParser
{
    private static readonly HashSet<string> s_takenLocals = ["reader", "writer", "message", "value", "_"];

    // JsonIgnoreCondition
    private const int IgnoreNever = 0, IgnoreAlways = 1, IgnoreWhenWritingDefault = 2, IgnoreWhenWritingNull = 3, IgnoreWhenWriting = 4, IgnoreWhenReading = 5;

    private MessageObject? ParseObject(INamedTypeSymbol type)
    {
        var problems = _problems.Count;
        foreach (var why in WhyNotType(type)) Report(type, type, why);
        if (!SymbolEqualityComparer.Default.Equals(type, message)) NoteObsolete(type);

        var constructor = FindConstructor(type);
        if (constructor is not null) NoteObsolete(constructor);
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
        var known = RefusesUnknown(type) ? properties.Select(WireNameOf).Except(members.Where(m => m.IsRead).Select(m => m.WireName), StringComparer.Ordinal).ToEquatableArray() : default;
        return new(members.ToEquatableArray(), arguments.ToEquatableArray(), initialized.ToEquatableArray(), RefusesUnknown(type), known);
    }

    private MessageMember? ParseMember(
        INamedTypeSymbol type, IMethodSymbol? constructor, IPropertySymbol property, IParameterSymbol? parameter, MessageNumbers numbers, HashSet<string> locals)
    {
        if (WhyNotMember(property) is { } why)
        {
            Report(property, property.Type, why);
            return null;
        }

        if (ParseMemberValue(property, NullAttributes.Taken(property, parameter), parameter, numbers) is not { } value) return null;

        var isDemanded = property.IsRequired && constructor?.HasAttribute(JsonNames.SetsRequiredMembers) != true;
        var isRequired = isDemanded || property.HasAttribute(JsonNames.Required) || parameter is { HasExplicitDefaultValue: false };
        var assignment = parameter is null ? AssignmentOf(type, constructor, property, isRequired) : MessageAssignment.Construction;
        var isWritten = IsUsable(property, property.GetMethod) && IgnoreCondition(property) != IgnoreWhenWriting;
        if (WhyNotAsked(property, assignment, isWritten, value) is { } unmet)
        {
            Report(property, property.Type, unmet);
            return null;
        }

        NoteObsolete(property);
        return new(
            TypeNames.Escape(property.Name), WireNameOf(property), TypeNames.Escape(LocalOf(property, locals)), value, WrittenValue(property, parameter, numbers, value),
            isRequired && assignment != MessageAssignment.None,
            isWritten,
            assignment,
            assignment == MessageAssignment.Accessor ? AddSetter(property, value) : "",
            OmissionOf(property, value),
            value.Null == MessageNull.Value && NullAttributes.RefusesNull(property, parameter));
    }

    // What the getter gives may be null where the setter takes no null, and the other way round.
    private MessageValue WrittenValue(IPropertySymbol property, IParameterSymbol? parameter, MessageNumbers numbers, MessageValue read)
    {
        if (!property.Type.IsReferenceType) return read;

        var type = NullAttributes.Given(property);
        return CanBeNull(type) == CanBeNull(NullAttributes.Taken(property, parameter)) ? read : ParseMemberValue(property, type, parameter, numbers) ?? read;
    }

    private static string WireNameOf(IPropertySymbol property) =>
        property.FindAttribute(JsonNames.PropertyName)?.ConstructorArguments.FirstOrDefault().Value as string ?? MessageName.CamelCase(property.Name);

    // Names of the reader's own variables, and _, which would be a discard.
    private static string LocalOf(IPropertySymbol property, HashSet<string> locals)
    {
        var local = MessageName.CamelCase(property.Name);
        var isTaken = local.StartsWith("seen", StringComparison.Ordinal) || !locals.Add(local);
        return isTaken ? UniqueName(local + "Value", locals) : local;
    }

    private MessageValue? ParseMemberValue(IPropertySymbol property, ITypeSymbol type, IParameterSymbol? parameter, MessageNumbers numbers)
    {
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
        var @default = parameter.HasExplicitDefaultValue && parameter.ExplicitDefaultValue is { } value ? Constant.Of(value, parameter.Type) : "";
        if (member >= 0) return new(member, @default);

        // Of a record's two constructors with one parameter `default` alone could mean either.
        return new(-1, @default.Length > 0 ? @default : $"default({parameter.Type.FullNotNull()})!");
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
        if (ValueOf(property, JsonNames.CreationHandling) == Populate) return "is to be filled where it is ([JsonObjectCreationHandling]), which is not supported";
        if (property.RefKind != RefKind.None) return "returns a reference";
        if (property.HasAttribute(JsonNames.Include) && !IsUsable(property, property.GetMethod) && !IsUsable(property, property.SetMethod)) return "is not accessible from the message";
        return null;
    }

    // What attributes ask of a member that it cannot do. System.Text.Json throws where it meets these.
    private static string? WhyNotAsked(IPropertySymbol property, MessageAssignment assignment, bool isWritten, MessageValue value)
    {
        if (assignment == MessageAssignment.None && property.HasAttribute(JsonNames.Required)) return "is required, and nothing can set it";
        if (isWritten && IgnoreCondition(property) == IgnoreWhenWritingNull && !CanBeOmittedAsNull(value)) return "is to be left out when it is null, which a value of this type never is";
        return null;
    }

    private static bool CanBeOmittedAsNull(MessageValue value) => value.IsReference || value.Null == MessageNull.Value;

    private void ReportSameNames(INamedTypeSymbol type, List<IPropertySymbol> properties)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in properties)
        {
            var name = WireNameOf(property);
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
        foreach (var property in properties.Where(p => p.HasAttribute(JsonNames.Required) && IgnoreCondition(p) == IgnoreAlways))
            Report(property, property.Type, "is required and ignored");
        if (constructor is null || constructor.HasAttribute(JsonNames.SetsRequiredMembers)) return;

        foreach (var property in properties.Where(p => p.IsRequired && !p.HasAttribute(JsonNames.Required) && IgnoreCondition(p) is IgnoreAlways or IgnoreWhenReading))
            Report(property, property.Type, "is required and ignored");

        for (var t = type; t is not null; t = t.BaseType!)
        {
            foreach (var field in t.GetMembers().OfType<IFieldSymbol>().Where(f => f.IsRequired))
                Report(field, field.Type, "is a required field, and only properties are read");
            foreach (var property in t.GetMembers().OfType<IPropertySymbol>().Where(p => p.IsRequired && !properties.Exists(other => other.Name == p.Name)))
                Report(property, property.Type, "is required, but not public: mark it [JsonInclude]");
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
}
