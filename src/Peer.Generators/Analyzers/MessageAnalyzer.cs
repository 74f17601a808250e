using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports what is wrong with messages. The generator's own parser finds it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MessageAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.UnsupportedMember, Rules.MessageNotPartial, Rules.MessageNotSealed, Rules.MessageCannotBeCompleted, Rules.ProtocolMember, Rules.MessageLeftOut, Rules.DynamicEnumConverter, Rules.InternalError];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var converters = new EnumConverters();
            start.RegisterSymbolAction(symbol => Analyze(symbol, converters), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(converters.Report);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, EnumConverters converters)
    {
        var message = (INamedTypeSymbol)context.Symbol;
        if (message.HasAttribute(KnownNames.Message)) Guard.Analyze(message, context.ReportDiagnostic, () => Analyze(message, context, converters));
    }

    private static void Analyze(INamedTypeSymbol message, SymbolAnalysisContext context, EnumConverters converters)
    {
        if (WhyNoMessage(message) is { } why)
        {
            Report(context, Rules.MessageCannotBeCompleted, message, message.Short(), why.Fact, why.Remedy);
            return;
        }
        if (TypeShellParser.FindNotPartial(message, context.CancellationToken) is { } notPartial)
        {
            Report(context, Rules.MessageNotPartial, notPartial, message.Short(), notPartial.Name);
        }
        if (MessageUnionParser.IsUnion(message))
        {
            foreach (var wish in MessageParser.WhyNotType(message)) Report(context, Rules.UnsupportedMember, message, message.Short(), message.Name, message.Short(), wish);
            return;
        }
        if (message is { TypeKind: TypeKind.Class, IsSealed: false })
        {
            Report(context, Rules.MessageNotSealed, message, message.Short());
        }
        foreach (var union in MessageUnionParser.UnionsOf(message))
        {
            if (MessageUnionParser.WhyNotHeld(message, union, context.Compilation) is { } reason) Report(context, Rules.MessageLeftOut, message, message.Short(), reason.Fact, union.Short(), reason.Remedy);
        }
        var parser = MessageTypeChecker.Parse(message, context.Compilation, context.CancellationToken);
        converters.Add(parser, context);
        foreach (var problem in parser.Problems)
        {
            if (problem is ProtocolNameProblem name) Report(context, Rules.ProtocolMember, problem.Symbol, message.Short(), problem.Symbol.Name, name.WireName);
            else Report(context, Rules.UnsupportedMember, problem.Symbol, message.Short(), problem.Symbol.Name, problem.Type.Short(), problem.Why);
        }
    }

    private static (string Fact, string Remedy)? WhyNoMessage(INamedTypeSymbol message)
    {
        if (message.IsStatic) return ("is static, so there is nothing to send", "Make it a sealed class");
        if (message.IsRefLikeType) return ("is a ref struct, which no hook can keep", "Make it a readonly struct");
        if (MessageUnionParser.IsUnion(message) && MessageUnionParser.IsGeneric(message)) return ("has type parameters, and stands for several messages", "Remove them");
        if (message.IsFileLocal) return ("is file-local, so that no generated file can complete it", "Make it internal");
        if (MessageName.Of(message) is { } name && (name.Length == 0 || name[0] == '$'))
            return ($"is called '{name}' on the wire, which " + (name.Length == 0 ? "names nothing" : "belongs to the protocol"), "Give it another name in [Message]");
        return null;
    }

    // A part of a message may come from another assembly; then the message itself is underlined.
    private static void Report(SymbolAnalysisContext context, DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments)
    {
        var location = symbol.Locations.FirstOrDefault(l => l.SourceTree is { } tree && context.Compilation.ContainsSyntaxTree(tree)) ?? context.Symbol.Locations[0];
        context.ReportDiagnostic(Diagnostic.Create(rule, location, arguments));
    }
}
