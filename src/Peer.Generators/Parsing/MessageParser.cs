using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Reads one type that is a message, and the types that its properties hold.</summary>
/// <param name="message">The message.</param>
/// <param name="within">Where its reader and writer stand: the message itself, or the assembly where that is not its own.</param>
/// <param name="compilation">The compilation.</param>
/// <param name="cancellation">Ends the reading.</param>
internal sealed partial class MessageParser(INamedTypeSymbol message, ISymbol within, Compilation compilation, CancellationToken cancellation)
{
    private readonly List<MessageProblem> _problems = [];

    // Whether something is wrong that is reported elsewhere.
    private bool _hasReported;

    // One codec a type, in the order in which they were met; null while its own members are being read.
    private readonly List<MessageCodec?> _codecs = [];
    private readonly Dictionary<CodecKey, string> _codecOfType = [];
    private readonly HashSet<string> _codecNames = new(StringComparer.Ordinal);

    private bool _usesObsolete;

    // The objects that are being read, outermost first, without their type arguments.
    private const int MaxNestedGenerics = 8;
    private readonly List<INamedTypeSymbol> _entered = [];
    private bool _isGrowing, _hasReportedGrowth;

    /// <summary>What is wrong, in the order in which it was met.</summary>
    public IReadOnlyList<MessageProblem> Problems => _problems;

    /// <summary>The transform of the pipeline. Null where nothing can be added to the type.</summary>
    public static MessageModel? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        if (context.TargetSymbol is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } type) return null;
        if (type.IsStatic || type.IsAbstract || type.IsRefLikeType || !TypeShellParser.CanBeReopened(type) || !FirstDeclaration.Is(context)) return null;

        return new MessageParser(type, type, context.SemanticModel.Compilation, cancellation).ParseModel();
    }

    /// <summary>The transform of the pipeline for the types of one file that are not the assembly's own.</summary>
    public static EquatableArray<Outcome<MessageModel>> ParseTypes(GeneratorAttributeSyntaxContext context, Guard guard, CancellationToken cancellation)
    {
        if (Guard.OldLanguage(context) is { } old) return new([new(null, OldLanguage: old)]);

        var compilation = context.SemanticModel.Compilation;
        var here = context.Attributes.Select(a => a.ApplicationSyntaxReference?.Span).ToList();
        return MessageTypes.In(compilation.Assembly)
            .Where(a => a.ApplicationSyntaxReference is { } at && at.SyntaxTree == context.TargetNode.SyntaxTree && here.Contains(at.Span))
            .Where(a => MessageTypes.CanBeWrapped(a, compilation))
            .Select(a => guard.Parse(MessageTypes.TypeOf(a), a.ApplicationSyntaxReference!.GetSyntax(cancellation).GetLocation(), () => ParseType(a, compilation, cancellation)))
            .Where(outcome => outcome is not null)
            .Select(outcome => outcome!)
            .ToEquatableArray();
    }

    private static MessageModel ParseType(AttributeData attribute, Compilation compilation, CancellationToken cancellation) =>
        new MessageParser((INamedTypeSymbol)MessageTypes.TypeOf(attribute), compilation.Assembly, compilation, cancellation).ParseType(attribute);

    /// <summary>The message's members, or null where something is wrong.</summary>
    public MessageObject? ParseBody()
    {
        if (FindConverter(message) is not null) Report(message, message, "has a converter, which a message cannot have");

        var body = ParseObject(message);
        foreach (var member in body?.Members ?? EquatableArray<MessageMember>.Empty)
        {
            if (member.WireName != "type" && !member.WireName.StartsWith("$", StringComparison.Ordinal)) continue;
            var property = FindProperty(message, member.Property);
            _problems.Add(new ProtocolNameProblem(property, property.Type, member.WireName));
        }

        return _problems.Count == 0 && !_hasReported ? body : null;
    }

    private MessageModel ParseModel()
    {
        var body = ParseBody();
        var codecs = body is null ? [] : _codecs.Select(codec => codec!).ToEquatableArray();
        return new(TypeShellParser.Parse(message), MessageName.Of(message)!, message.IsValueType, body, codecs, CodecsName(), EarlyReport.NotPartial(message, cancellation), Cases(), UsesObsolete: _usesObsolete);
    }

    private MessageModel ParseType(AttributeData attribute)
    {
        var name = MessageTypes.WrapperName(attribute, compilation.Assembly);
        var shell = new TypeShell("Peers.MessageTypes", default, $"global::Peers.MessageTypes.{name}", name, HintName.Of(name, $"[assembly: MessageType]/{name}"));
        var body = MessageTypes.WhyNot(attribute, compilation) is null ? ParseBody() : null;
        var codecs = body is null ? [] : _codecs.Select(codec => codec!).ToEquatableArray();
        return new(shell, MessageTypes.NameOf(attribute), message.IsValueType, body, codecs, "MessageCodec", Wrapped: message.Full(), UsesObsolete: _usesObsolete);
    }

    private EquatableArray<MessageCase> Cases()
    {
        var name = MessageName.Of(message)!;
        return MessageUnionParser.UnionsOf(message)
            .Where(union => MessageUnionParser.WhyNotHeld(message, union, compilation) is null)
            .Select(union => new MessageCase(union.Full(), message.Full(), name))
            .ToEquatableArray();
    }

    // A nested type hides whatever has its name outside of the message: members that are inherited or belong to a type around, other types.
    private string CodecsName()
    {
        var name = "MessageCodec";
        while (_codecs.Count > 0 && message.DeclaringSyntaxReferences.Any(part => IsInSight(name, part))) name += "_";
        return name;
    }

    private bool IsInSight(string name, SyntaxReference part) =>
        part.GetSyntax(cancellation) is TypeDeclarationSyntax { OpenBraceToken: var brace, Identifier: var identifier }
        && !compilation.GetSemanticModel(part.SyntaxTree).LookupSymbols(brace.RawKind != 0 && !brace.IsMissing ? brace.Span.End : identifier.SpanStart, name: name).IsEmpty;

    private void NoteObsolete(ISymbol symbol) => _usesObsolete |= Obsolete.Is(symbol);

    private void Report(ISymbol symbol, ITypeSymbol type, string why) => _problems.Add(new(symbol, type, why));

    // The name comes first, so that a type may hold itself.
    private string? AddCodec(CodecKey key, Func<MessageCodec?> parse)
    {
        if (_codecOfType.TryGetValue(key, out var known)) return known;

        var name = UniqueName(CodecNameOf(key.Type), _codecNames);
        _codecOfType.Add(key, name);
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

    // What a codec is for: one type, read and written in one way.
    private readonly struct CodecKey(ITypeSymbol type, MessageNumbers numbers = MessageNumbers.Plain, ITypeSymbol? converter = null) : IEquatable<CodecKey>
    {
        private readonly MessageNumbers _numbers = numbers;
        private readonly ITypeSymbol? _converter = converter;

        public ITypeSymbol Type { get; } = type;

        public bool Equals(CodecKey other) =>
            _numbers == other._numbers
            && SymbolEqualityComparer.IncludeNullability.Equals(Type, other.Type)
            && SymbolEqualityComparer.Default.Equals(_converter, other._converter);

        public override bool Equals(object? obj) => obj is CodecKey other && Equals(other);

        public override int GetHashCode() => SymbolEqualityComparer.IncludeNullability.GetHashCode(Type);
    }
}
