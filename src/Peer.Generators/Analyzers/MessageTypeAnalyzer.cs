using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports what keeps a type that is not the assembly's own from being a message. The generator's own parser finds it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MessageTypeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.TypeIsNoMessage, Rules.InternalError];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(Analyze);
    }

    private static void Analyze(CompilationAnalysisContext context)
    {
        foreach (var attribute in MessageTypes.In(context.Compilation.Assembly))
        {
            if (MessageTypes.TypeOf(attribute) is { TypeKind: not TypeKind.Error } type) Guard.Analyze(type, context.ReportDiagnostic, () => Analyze(context, attribute));
        }
    }

    private static void Analyze(CompilationAnalysisContext context, AttributeData attribute)
    {
        if (MessageTypes.WhyNot(attribute, context.Compilation) is { } why) Report(context, attribute, why.Fact, why.Remedy);
        else CheckMembers(context, attribute);
    }

    private static void CheckMembers(CompilationAnalysisContext context, AttributeData attribute)
    {
        var parser = new MessageParser((INamedTypeSymbol)MessageTypes.TypeOf(attribute), context.Compilation.Assembly, context.Compilation, context.CancellationToken);
        parser.ParseBody();
        foreach (var problem in parser.Problems)
        {
            Report(context, attribute, $"has '{problem.Symbol.Name}', of type '{problem.Type.Short()}', which {problem.Why}", "Write a message of your own, and copy into it");
        }
    }

    private static void Report(CompilationAnalysisContext context, AttributeData attribute, string fact, string remedy) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.TypeIsNoMessage, attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation(), MessageTypes.TypeOf(attribute).Short(), fact, remedy));
}
