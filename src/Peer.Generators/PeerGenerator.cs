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

    /// <summary>The attributes that the pipeline looks for.</summary>
    internal static IEnumerable<string> Triggers => [.. s_typeTriggers, KnownNames.Message];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var stamp = new DeclarationStamp();
        foreach (var trigger in s_typeTriggers)
        {
            var handlers = context.SyntaxProvider
                .ForAttributeWithMetadataName(trigger, static (node, _) => node is MemberDeclarationSyntax, new ModelCache<PeerTypeModel>(stamp, PeerTypeParser.Parse).Parse)
                .Where(static type => type is not null)
                .WithTrackingName(Models);
            context.RegisterSourceOutput(handlers, static (output, type) =>
            {
                NotPartial.Report(output, type!.NotPartial);
                output.AddSource($"{type.Shell.HintName}.Peer.g.cs", PeerTypeEmitter.Emit(type));
            });
        }

        var messages = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.Message, static (node, _) => node is TypeDeclarationSyntax, new ModelCache<MessageModel>(stamp, MessageParser.Parse).Parse)
            .Where(static message => message is not null)
            .WithTrackingName(Models);
        context.RegisterSourceOutput(messages, static (output, message) =>
        {
            NotPartial.Report(output, message!.NotPartial);
            output.AddSource(MessageEmitter.HintName(message), MessageEmitter.Emit(message));
        });

        var types = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.MessageType, static (node, _) => node is CompilationUnitSyntax, MessageParser.ParseTypes)
            .SelectMany(static (models, _) => models)
            .WithTrackingName(Models);
        context.RegisterSourceOutput(types, static (output, message) => output.AddSource(MessageEmitter.HintName(message), MessageTypeEmitter.Emit(message)));

        // What stands for several messages has to know them all, and is written again only when those change.
        var cases = messages.SelectMany(static (message, _) => message!.Cases).Collect();
        var unions = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.Message, static (node, _) => node is TypeDeclarationSyntax, MessageUnionParser.Parse)
            .Where(static union => union is not null)
            .Combine(cases)
            .Select(static (pair, _) => MessageUnionParser.WithCases(pair.Left!, pair.Right))
            .WithTrackingName(Models);
        context.RegisterSourceOutput(unions, static (output, union) =>
        {
            NotPartial.Report(output, union.NotPartial);
            output.AddSource($"{union.Shell.HintName}.Message.g.cs", MessageUnionEmitter.Emit(union));
        });
    }
}
