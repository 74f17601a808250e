using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports two addresses that can name one channel and promise different events.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChannelOverlapAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.ChannelOverlap];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var addresses = new ConcurrentBag<Address>();
            start.RegisterSymbolAction(symbol => Add(symbol.Symbol, addresses), SymbolKind.Method, SymbolKind.Property);
            start.RegisterCompilationEndAction(end => Report(end, addresses));
        });
    }

    private static void Add(ISymbol member, ConcurrentBag<Address> addresses)
    {
        var type = member switch
        {
            IMethodSymbol method => method.ReturnType,
            IPropertySymbol property => property.Type,
            _ => null,
        };
        if (type is not INamedTypeSymbol { MetadataName: "PeerChannel`1" } channel) return;
        if (member.FindAttribute(KnownNames.Channel) is not { } attribute) return;

        // What is wrong by itself is reported by itself.
        var template = ChannelParser.TemplateOf(attribute);
        if (ChannelMemberCheck.IsCorrect(member, template)) addresses.Add(new(member, template, channel.TypeArguments[0]));
    }

    private static void Report(CompilationAnalysisContext context, ConcurrentBag<Address> addresses)
    {
        var byMember = addresses.ToDictionary(a => a.Member, SymbolEqualityComparer.Default);
        var earlier = new List<Address>();
        foreach (var address in byMember.Keys.InSourceOrder().Select(m => byMember[m]))
        {
            if (earlier.Find(address.Contradicts) is { } other) Report(context, address, other);
            earlier.Add(address);
        }
    }

    private static void Report(CompilationAnalysisContext context, Address address, Address other) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.ChannelOverlap, address.Member.Locations[0], address.Name, other.Name, address.Event.Short(), other.Event.Short()));

    private sealed record Address(ISymbol Member, Template Template, ITypeSymbol Event)
    {
        public string Name => $"{Member.ContainingType.Name}.{Member.Name}";

        public bool Contradicts(Address other) =>
            !SymbolEqualityComparer.Default.Equals(Event, other.Event) && TemplateOverlap.CanMeet(Template.Text, other.Template.Text);
    }
}
