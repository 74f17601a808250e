using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports namespaces that begin with <c>Peer</c>: where one is in sight, <c>Peer</c> is that namespace and not the type (CS0118).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NamespaceAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.HidingNamespace];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Peers.Peer") is null) return;

            start.RegisterSyntaxNodeAction(Analyze, SyntaxKind.NamespaceDeclaration, SyntaxKind.FileScopedNamespaceDeclaration);
        });
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var declaration = (BaseNamespaceDeclarationSyntax)context.Node;
        if (declaration.Parent is not CompilationUnitSyntax) return;
        if (First(declaration.Name).Identifier.ValueText != "Peer") return;

        context.ReportDiagnostic(Diagnostic.Create(Rules.HidingNamespace, declaration.Name.GetLocation(), declaration.Name.ToString()));
    }

    private static SimpleNameSyntax First(NameSyntax name) => name is QualifiedNameSyntax qualified ? First(qualified.Left) : (SimpleNameSyntax)name;
}
