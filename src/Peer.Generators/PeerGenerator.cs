using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Writes the dispatch of handlers, the addresses of channels and the serialization of messages.</summary>
/// <remarks>
/// Attribute → model → text. Transforms run on every edit; <see cref="ModelCache{T}"/> has the model where only bodies have changed. Models are equal
/// when nothing that matters has changed; then the text is not written again. A type has many attributes and gets one model, from the first of them.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class PeerGenerator : IIncrementalGenerator
{
    /// <summary>The name of the steps whose outputs are models, for tests of caching.</summary>
    internal const string Models = nameof(Models);

    private static readonly string[] s_typeTriggers =
    [
        KnownNames.PeerHandler, KnownNames.Channel, KnownNames.OnUpgrade, KnownNames.OnOpen, KnownNames.OnMessage,
        KnownNames.OnClose, KnownNames.OnError, KnownNames.OnDrain, KnownNames.OnGap, KnownNames.OnPing, KnownNames.OnPong,
    ];

    private readonly Guard _guard;

    /// <summary>Creates the generator, as the compiler does.</summary>
    public PeerGenerator() => _guard = new();

    /// <summary>Creates a generator that fails where a test says so.</summary>
    internal PeerGenerator(Action<string> fault) => _guard = new(fault);

    /// <summary>The attributes that the pipeline looks for.</summary>
    internal static IEnumerable<string> Triggers => [.. s_typeTriggers, KnownNames.Message];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var stamp = new DeclarationStamp();
        var old = new List<IncrementalValueProvider<EquatableArray<DiagnosticModel>>>();
        foreach (var trigger in s_typeTriggers)
        {
            var handlers = Find(context, trigger, static node => node is MemberDeclarationSyntax, new ModelCache<PeerTypeModel>(stamp, _guard, PeerTypeParser.Parse));
            context.RegisterSourceOutput(handlers, (output, type) => _guard.Write(output, type, "Peer", PeerTypeEmitter.Emit));
            old.Add(OldLanguages(handlers));
        }

        var messages = Find(context, KnownNames.Message, static node => node is TypeDeclarationSyntax, new ModelCache<MessageModel>(stamp, _guard, MessageParser.Parse));
        context.RegisterSourceOutput(messages, (output, message) => _guard.Write(output, message, "Message", MessageEmitter.Emit));
        old.Add(OldLanguages(messages));

        var types = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.MessageType, static (node, _) => node is CompilationUnitSyntax, (types, cancellation) => MessageParser.ParseTypes(types, _guard, cancellation))
            .SelectMany(static (outcomes, _) => outcomes)
            .WithTrackingName(Models);
        context.RegisterSourceOutput(types, (output, message) => _guard.Write(output, message, "Message", MessageTypeEmitter.Emit));
        context.RegisterSourceOutput(
            types.Where(static type => type.Model is not null).Collect().SelectMany(static (models, _) => models.IsEmpty ? [] : ImmutableArray.Create(EmbeddedAttribute.Text)),
            static (output, text) => output.AddSource(EmbeddedAttribute.HintName, text));
        old.Add(OldLanguages(types));

        // What stands for several messages has to know them all, and is written again only when those change.
        var cases = messages.SelectMany(static (message, _) => message.Model?.Cases ?? default).Collect();
        var unions = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.Message, static (node, _) => node is TypeDeclarationSyntax, (union, cancellation) => _guard.Parse(union, MessageUnionParser.Parse, cancellation)!)
            .Where(static union => union is not null)
            .Combine(cases)
            .Select(static (pair, _) => MessageUnionParser.WithCases(pair.Left, pair.Right))
            .WithTrackingName(Models);
        context.RegisterSourceOutput(unions, (output, union) => _guard.Write(output, union, "Message", MessageUnionEmitter.Emit));

        // A project has one language version, so one diagnostic is enough.
        var first = old.Aggregate(Together).SelectMany(static (diagnostics, _) => diagnostics.OrderBy(d => d.File, StringComparer.Ordinal).ThenBy(d => d.Start).Take(1));
        context.RegisterSourceOutput(first, EarlyReport.Report);
    }

    private static IncrementalValuesProvider<Outcome<T>> Find<T>(
        IncrementalGeneratorInitializationContext context, string attribute, Func<SyntaxNode, bool> isWanted, ModelCache<T> cache)
        where T : class, IEquatable<T> =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(attribute, (node, _) => isWanted(node), (node, cancellation) => cache.Parse(node, cancellation)!)
            .Where(static outcome => outcome is not null)
            .WithTrackingName(Models);

    private static IncrementalValueProvider<EquatableArray<DiagnosticModel>> OldLanguages<T>(IncrementalValuesProvider<Outcome<T>> outcomes)
        where T : class, IEquatable<T> =>
        outcomes.Where(static outcome => outcome.OldLanguage is not null).Select(static (outcome, _) => outcome.OldLanguage!).Collect()
            .Select(static (diagnostics, _) => new EquatableArray<DiagnosticModel>(diagnostics));

    private static IncrementalValueProvider<EquatableArray<DiagnosticModel>> Together(
        IncrementalValueProvider<EquatableArray<DiagnosticModel>> some, IncrementalValueProvider<EquatableArray<DiagnosticModel>> others) =>
        some.Combine(others).Select(static (pair, _) => new EquatableArray<DiagnosticModel>([.. pair.Left, .. pair.Right]));
}
