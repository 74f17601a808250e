using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports what a hook must not do: block its thread, keep what it has borrowed, wait for ever.</summary>
/// <remarks>Only what stands in the hook itself: what it calls, and functions inside it, may run elsewhere.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HookBodyAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.BlockingHook, Rules.BorrowedPayload, Rules.EndlessWait];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationBlockAction(Analyze);
    }

    private static void Analyze(OperationBlockAnalysisContext context)
    {
        if (context.OwningSymbol is not IMethodSymbol method || HookParser.KindOf(method) is not { } kind) return;

        var body = new HookBody(method, context.OperationBlocks);
        foreach (var (at, call, remedy) in BlockingCalls.In(body)) Report(context, Rules.BlockingHook, at, call, remedy);
        foreach (var (at, payload, fact, remedy) in BorrowedPayloads.In(body)) Report(context, Rules.BorrowedPayload, at, payload, fact, remedy);

        // When [OnClose] runs, the peer has left already, and its token is cancelled. A stream without a token is reported as such.
        if (kind == HookKind.Close || (HookReturnParser.IsStream(method) && !TakesToken(method))) return;
        foreach (var (at, call) in EndlessWaits.In(body)) Report(context, Rules.EndlessWait, at, call);
    }

    private static bool TakesToken(IMethodSymbol method) => method.Parameters.Any(p => HookBody.Is(p.Type, "System.Threading", "CancellationToken"));

    private static void Report(OperationBlockAnalysisContext context, DiagnosticDescriptor rule, IOperation at, params string[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, at.Syntax.GetLocation(), [((IMethodSymbol)context.OwningSymbol).HookName(), .. arguments]));
}
