using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports two messages of one name that one type stands for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MessageUnionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.UnionOfOneName];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var messages = new ConcurrentBag<INamedTypeSymbol>();
            start.RegisterSymbolAction(symbol => Add((INamedTypeSymbol)symbol.Symbol, messages), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => Report(end, messages));
        });
    }

    private static void Add(INamedTypeSymbol type, ConcurrentBag<INamedTypeSymbol> messages)
    {
        if (!MessageUnionParser.IsUnion(type) && MessageName.Of(type) is not null) messages.Add(type);
    }

    private static void Report(CompilationAnalysisContext context, ConcurrentBag<INamedTypeSymbol> messages)
    {
        var held = new Dictionary<(string Union, string Name), INamedTypeSymbol>();
        foreach (var message in messages.InSourceOrder().Cast<INamedTypeSymbol>())
        {
            foreach (var union in MessageUnionParser.UnionsOf(message))
            {
                if (MessageUnionParser.WhyNotHeld(message, union, context.Compilation) is not null) continue;

                var place = (union.Full(), MessageName.Of(message)!);
                if (!held.TryGetValue(place, out var other)) held.Add(place, message);
                else context.ReportDiagnostic(Diagnostic.Create(Rules.UnionOfOneName, message.Locations[0], message.Short(), place.Item2, other.Short(), union.Short()));
            }
        }
    }
}
