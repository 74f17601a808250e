using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Collects the enums of messages whose converter Native AOT cannot compile, and reports each once, however many messages have
/// it.</summary>
internal sealed class EnumConverters
{
    private readonly ConcurrentDictionary<Location, (string Owner, string Enum)> _found = new();

    public void Add(MessageParser parser, SymbolAnalysisContext context)
    {
        foreach (var (owner, attribute, type) in parser.DynamicEnumConverters)
        {
            // An enum of another assembly is underlined where it is used.
            var isHere = attribute.ApplicationSyntaxReference is { } at && context.Compilation.ContainsSyntaxTree(at.SyntaxTree);
            var place = isHere ? attribute.ApplicationSyntaxReference!.GetSyntax(context.CancellationToken).GetLocation() : context.Symbol.Locations[0];
            _found.TryAdd(place, (owner.Name, type.Short()));
        }
    }

    // A warning where the project is analyzed for Native AOT.
    public void Report(CompilationAnalysisContext context)
    {
        context.Options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("build_property.EnableAotAnalyzer", out var isAnalyzed);
        var severity = string.Equals(isAnalyzed, "true", StringComparison.OrdinalIgnoreCase) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info;
        foreach (var place in _found)
        {
            var (owner, type) = place.Value;
            context.ReportDiagnostic(Diagnostic.Create(Rules.DynamicEnumConverter, place.Key, severity, additionalLocations: null, properties: null, owner, type));
        }
    }
}
