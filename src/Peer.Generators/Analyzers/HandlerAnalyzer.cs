using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports what is wrong with handlers, hooks and channels. The generator's own parser finds it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandlerAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Rules.HandlerNotPartial, Rules.HookSignature, Rules.UnreadablePayload, Rules.ChannelTemplate, Rules.ChannelMember,
        Rules.CompetingHooks, Rules.AsyncVoidHook, Rules.AuthorizeOnHook, Rules.HandlerCannotBeCreated, Rules.UnknownRouteValue,
        Rules.StreamHookNotStatic, Rules.StreamHookNotCancellable,
        Rules.MessagesOfOneName, Rules.ReplyNotMessage, Rules.UnmarkedService, Rules.RouteValueConversion, Rules.UnmarkedRouteValue, Rules.AttributeNotImported, Rules.HiddenFromOtherAssemblies, Rules.InternalError, Rules.OldLanguage,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        Guard.Analyze(type, context.ReportDiagnostic, () => Analyze(type, context));
    }

    private static void Analyze(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        var problems = new Problems(context.ReportDiagnostic);
        if (HandlerParser.LendsHooks(type)) HandlerParser.CheckLent(type, problems, context.CancellationToken);
        PeerTypeParser.Parse(type, problems, context.CancellationToken);
    }
}
