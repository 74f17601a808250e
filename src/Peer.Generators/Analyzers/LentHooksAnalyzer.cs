using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports abstract classes whose hooks no handler has: nobody can construct what they are declared on.</summary>
/// <remarks>Only of classes that no other assembly can derive from.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LentHooksAnalyzer : DiagnosticAnalyzer
{
    private const string InternalsVisibleTo = "System.Runtime.CompilerServices.InternalsVisibleToAttribute";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.LentToNobody];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.Assembly.HasAttribute(InternalsVisibleTo)) return;

            var lenders = new ConcurrentBag<INamedTypeSymbol>();
            var borrowers = new ConcurrentBag<INamedTypeSymbol>();
            start.RegisterSymbolAction(symbol => Add((INamedTypeSymbol)symbol.Symbol, lenders, borrowers), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => Report(end, lenders, borrowers));
        });
    }

    private static void Add(INamedTypeSymbol type, ConcurrentBag<INamedTypeSymbol> lenders, ConcurrentBag<INamedTypeSymbol> borrowers)
    {
        if (type is { TypeKind: TypeKind.Class, IsAbstract: false, BaseType.SpecialType: not SpecialType.System_Object }) borrowers.Add(type);
        else if (HandlerParser.LendsHooks(type) && !Inheritance.IsOpen(type) && HookParser.Declared(type).Any()) lenders.Add(type);
    }

    private static void Report(CompilationAnalysisContext context, ConcurrentBag<INamedTypeSymbol> lenders, ConcurrentBag<INamedTypeSymbol> borrowers)
    {
        foreach (var lender in lenders.InSourceOrder().Where(l => !borrowers.Any(b => IsDerived(b, l))))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.LentToNobody, lender.Locations[0], lender.Short()));
        }
    }

    private static bool IsDerived(INamedTypeSymbol type, INamedTypeSymbol from)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, from)) return true;
        }
        return false;
    }
}
