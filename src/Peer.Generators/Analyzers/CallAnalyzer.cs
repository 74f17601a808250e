using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Generators;

/// <summary>Reports calls with what is no handler, message or event of a channel, which the compiler only calls a failed constraint
/// (CS0311, CS0315).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.NoHandler, Rules.NoMessage, Rules.NotOfChannel];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (ConstraintNames.In(start.Compilation) is { } names) start.RegisterSyntaxNodeAction(node => Analyze(node, names), SyntaxKind.InvocationExpression);
        });
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, ConstraintNames names)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (NameOf(call.Expression) is not { } name || !names.Methods.Contains(name.Identifier.ValueText)) return;

        // A call that compiles has a symbol.
        var found = context.SemanticModel.GetSymbolInfo(call, context.CancellationToken);
        if (found.Symbol is not null) return;

        foreach (var method in found.CandidateSymbols.OfType<IMethodSymbol>().Where(m => m.IsGenericMethod))
        {
            if (Describe(method, names, context.SemanticModel.Compilation) is not var (rule, arguments)) continue;

            context.ReportDiagnostic(Diagnostic.Create(rule, name.GetLocation(), [.. arguments]));
            return;
        }
    }

    private static SimpleNameSyntax? NameOf(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => null,
    };

    private static (DiagnosticDescriptor Rule, string[] Arguments)? Describe(IMethodSymbol method, ConstraintNames names, Compilation compilation)
    {
        var call = $"{(method.ReducedFrom ?? method).ContainingType.Name}.{method.Name}";
        if (method.IsExtensionMethod) call = method.Name;
        for (var i = 0; i < method.TypeParameters.Length; i++)
        {
            var (parameter, argument) = (method.TypeParameters[i], method.TypeArguments[i]);
            if (argument.TypeKind == TypeKind.Error || SymbolEqualityComparer.Default.Equals(parameter, argument)) continue;

            if (names.AsksForHandler(parameter) && !names.IsHandler(argument) && NoHandler(argument) is { } handler) return (Rules.NoHandler, [call, argument.Short(), handler]);
            if (!names.AsksForMessage(parameter)) continue;
            if (!names.IsMessage(argument)) return MessageName.Of(argument) is null ? (Rules.NoMessage, [call, argument.Short(), MessageRemedy.Of(argument, "send")]) : null;
            if (Event(method, parameter) is { } wanted && !compilation.ClassifyCommonConversion(argument, wanted).IsImplicit)
                return (Rules.NotOfChannel, [call, argument.Short(), wanted.Short(), EventRemedy(argument, wanted)]);
        }
        return null;
    }

    // What a handler with a mistake lacks is reported there.
    private static string? NoHandler(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class } named) return "Map a partial class with a hook, such as [OnOpen] or [OnMessage]";
        if (named.IsAbstract && HookParser.Inherited(named).Count > 0) return "It is abstract: map a class that is derived from it";
        if (HandlerParser.IsHandler(named)) return null;

        return named.DeclaringSyntaxReferences.IsEmpty
            ? "Declare a handler of your own, or add Peer's generator to its project"
            : "Give it a hook, such as [OnOpen] or [OnMessage], or mark it [PeerHandler]";
    }

    // The event type of the channel that is published in: a type parameter, which another one is constrained to.
    private static ITypeSymbol? Event(IMethodSymbol method, ITypeParameterSymbol parameter)
    {
        var wanted = parameter.ConstraintTypes.OfType<ITypeParameterSymbol>().FirstOrDefault();
        var place = wanted is null ? -1 : method.TypeParameters.ToList().FindIndex(p => p.Name == wanted.Name);
        return place < 0 || method.TypeArguments[place].TypeKind is TypeKind.Error or TypeKind.TypeParameter ? null : method.TypeArguments[place];
    }

    private static string EventRemedy(ITypeSymbol message, ITypeSymbol wanted) => wanted.TypeKind == TypeKind.Interface && MessageRemedy.CanBeMarked(message)
        ? $"Declare '{message.Name}' as ': {wanted.Name}', or publish it in a channel of its own type"
        : $"Publish '{wanted.Short()}', or publish in a channel of '{message.Short()}'";

    /// <summary>The interfaces that methods of ours ask for, and the methods that do.</summary>
    private sealed record ConstraintNames(INamedTypeSymbol Message, INamedTypeSymbol Handler)
    {
        public HashSet<string> Methods { get; } = new(StringComparer.Ordinal)
        {
            "MapPeer", "Map", "Send", "SendAsync", "Publish", "ToUtf8", "Write", "TryRead", "Read", "RequestAsync", "ReceiveAsync", "SkipToAsync", "ReceiveRequestAsync", "SubscribeAsync", "StreamAsync", "ReplyAsync", "Reply",
        };

        public static ConstraintNames? In(Compilation compilation) =>
            compilation.GetTypeByMetadataName("Peers.IMessage`1") is { } message && compilation.GetTypeByMetadataName("Peers.IPeerHandler`1") is { } handler ? new(message, handler) : null;

        public bool AsksForMessage(ITypeParameterSymbol parameter) => Asks(parameter, Message);

        public bool AsksForHandler(ITypeParameterSymbol parameter) => Asks(parameter, Handler);

        public bool IsMessage(ITypeSymbol type) => Implements(type, Message);

        public bool IsHandler(ITypeSymbol type) => Implements(type, Handler);

        private static bool Asks(ITypeParameterSymbol parameter, INamedTypeSymbol contract) =>
            parameter.ConstraintTypes.Any(c => SymbolEqualityComparer.Default.Equals(c.OriginalDefinition, contract));

        private static bool Implements(ITypeSymbol type, INamedTypeSymbol contract)
        {
            var interfaces = type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.SelectMany(c => c.AllInterfaces.Add((c as INamedTypeSymbol)!)) : type.AllInterfaces;
            return interfaces.Any(i => i is not null && SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, contract) && SymbolEqualityComparer.Default.Equals(i.TypeArguments[0], type))
                || (type is INamedTypeSymbol named && SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, contract));
        }
    }
}
