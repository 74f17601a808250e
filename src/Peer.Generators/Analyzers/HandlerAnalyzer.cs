using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
        Rules.MessagesOfOneName, Rules.ReplyNotMessage, Rules.UnmarkedService, Rules.RouteValueConversion, Rules.UnmarkedRouteValue, Rules.AttributeNotImported, Rules.UnreadableRoute, Rules.HiddenFromOtherAssemblies, Rules.InternalError, Rules.OldLanguage,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
        context.RegisterSyntaxNodeAction(AnalyzeLocal, SyntaxKind.LocalFunctionStatement);
    }

    // In a file of top-level statements a method is a local function, which belongs to no handler.
    private static void AnalyzeLocal(SyntaxNodeAnalysisContext context)
    {
        var function = (LocalFunctionStatementSyntax)context.Node;
        if (function.AttributeLists.Count == 0 || context.SemanticModel.GetDeclaredSymbol(function, context.CancellationToken) is not { } method) return;

        if (method.GetAttributes().Any(a => HookParser.KindOf(a) is not null))
            context.ReportDiagnostic(Diagnostic.Create(Rules.HookSignature, function.Identifier.GetLocation(), method.Name, "is a local function, which belongs to no handler", "Move it into a partial class"));
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
