using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Peers.Generators;

/// <summary>Diagnostics that the generator reports beside the analyzers.</summary>
/// <remarks>
/// Where the compiler finds an error in a declaration, it does not ask the analyzers on the command line. A mistake that always comes with
/// such an
/// error is therefore reported here, too. In an editor the diagnostic is the analyzer's, in the same place.
/// </remarks>
internal static class EarlyReport
{
    private static readonly DiagnosticDescriptor[] s_rules =
    [
        Rules.HandlerNotPartial, Rules.MessageNotPartial, Rules.ChannelMember, Rules.HookSignature, Rules.AttributeNotImported, Rules.OldLanguage, Rules.InternalError,
    ];

    /// <summary>The diagnostic at a symbol; null where that is in no source file.</summary>
    public static DiagnosticModel? At(DiagnosticDescriptor rule, ISymbol symbol, params string[] arguments) =>
        symbol.Locations.FirstOrDefault(l => l.IsInSource) is { } location ? At(rule, location, arguments) : null;

    /// <summary>The diagnostic at a place.</summary>
    public static DiagnosticModel At(DiagnosticDescriptor rule, Location location, params string[] arguments)
    {
        var start = location.GetLineSpan().StartLinePosition;
        return new(rule.Id, location.SourceTree?.FilePath ?? "", location.SourceSpan.Start, location.SourceSpan.Length, start.Line, start.Character, arguments.ToEquatableArray());
    }

    /// <summary>What is said of a message that is not partial; nothing where it is.</summary>
    public static EquatableArray<DiagnosticModel> NotPartial(INamedTypeSymbol message, CancellationToken cancellation)
    {
        if (TypeShellParser.FindNotPartial(message, cancellation) is not { } type) return default;
        return At(Rules.MessageNotPartial, type, message.Short(), type.Name) is { } diagnostic ? new([diagnostic]) : default;
    }

    /// <summary>Reports it.</summary>
    public static void Report(SourceProductionContext output, DiagnosticModel model)
    {
        var (from, to) = (new LinePosition(model.Line, model.Column), new LinePosition(model.Line, model.Column + model.Length));
        var location = model.File.Length == 0 ? Location.None : Location.Create(model.File, new(model.Start, model.Length), new(from, to));
        output.ReportDiagnostic(Diagnostic.Create(s_rules.First(rule => rule.Id == model.RuleId), location, [.. model.Arguments]));
    }
}
