using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Peers.Generators;

/// <summary>Says from the generator, too, that a type is not partial.</summary>
/// <remarks>
/// The compiler reports such a type itself (CS0260), for it is reopened; on the command line no analyzer is asked after that. In an
/// editor the diagnostic is the analyzer's, at the same place.
/// </remarks>
internal static class NotPartial
{
    public static NotPartialModel? Of(DiagnosticDescriptor rule, INamedTypeSymbol type, params string[] arguments)
    {
        if (type.Locations.FirstOrDefault(l => l.IsInSource) is not { } location) return null;

        var start = location.GetLineSpan().StartLinePosition;
        return new(rule.Id, location.SourceTree!.FilePath, location.SourceSpan.Start, location.SourceSpan.Length, start.Line, start.Character, arguments.ToEquatableArray());
    }

    /// <summary>What is said of a message that is not partial; null where it is.</summary>
    public static NotPartialModel? Of(INamedTypeSymbol message, CancellationToken cancellation) =>
        TypeShellParser.FindNotPartial(message, cancellation) is { } type ? Of(Rules.MessageNotPartial, type, message.Short(), type.Name) : null;

    public static void Report(SourceProductionContext output, NotPartialModel? model)
    {
        if (model is null) return;

        var (from, to) = (new LinePosition(model.Line, model.Column), new LinePosition(model.Line, model.Column + model.Length));
        var location = Location.Create(model.File, new(model.Start, model.Length), new(from, to));
        output.ReportDiagnostic(Diagnostic.Create(Rule(model.RuleId), location, [.. model.Arguments]));
    }

    private static DiagnosticDescriptor Rule(string id) =>
        id == Rules.HandlerNotPartial.Id ? Rules.HandlerNotPartial : id == Rules.MessageNotPartial.Id ? Rules.MessageNotPartial : Rules.ChannelMember;
}
