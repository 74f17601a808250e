using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Peers.Generators;

/// <summary>Finds where a payload that a hook has borrowed is kept, or handed to what runs on after the hook.</summary>
/// <remarks>It follows locals, slices, tuples and arrays, but no calls: what another method does with its argument is that method's affair.</remarks>
internal sealed class BorrowedPayloads
{
    private static readonly HashSet<string> s_keepers =
        ["Add", "TryAdd", "AddFirst", "AddLast", "AddRange", "AddOrUpdate", "Append", "Enqueue", "EnqueueAsync", "Insert", "Push", "TryWrite", "WriteAsync"];

    private static readonly HashSet<string> s_laterCalls =
    [
        "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.ContinueWith", "System.Threading.Tasks.TaskFactory.StartNew",
        "System.Threading.ThreadPool.QueueUserWorkItem", "System.Threading.ThreadPool.UnsafeQueueUserWorkItem", "System.Threading.CancellationToken.Register",
    ];

    private readonly HashSet<ISymbol> _borrowed = new(SymbolEqualityComparer.Default);

    private BorrowedPayloads(HookBody body)
    {
        _borrowed.UnionWith(body.Method.Parameters.Where(p => IsBorrowed(p.Type)));
        foreach (var step in body.Steps)
        {
            // Steps come in the order of the source, so that a local is known before it is passed on.
            if (step is IVariableDeclaratorOperation { Initializer.Value: { } value } declared && IsBorrowed(value)) _borrowed.Add(declared.Symbol);
            if (step is ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } assigned && IsBorrowed(assigned.Value)) _borrowed.Add(local.Local);
        }
    }

    public static IEnumerable<(IOperation At, string Payload, string Fact, string Remedy)> In(HookBody body)
    {
        if (!body.Method.Parameters.Any(p => IsBorrowed(p.Type))) return [];

        var payloads = new BorrowedPayloads(body);
        return body.Steps.SelectMany(payloads.Escapes);
    }

    private IEnumerable<(IOperation At, string Payload, string Fact, string Remedy)> Escapes(IOperation step) => step switch
    {
        IAssignmentOperation { Target: var target, Value: var value } when OutlivesHook(target) => Stored(value).Concat(Captured(value)),
        IEventAssignmentOperation { HandlerValue: var value } => Captured(value),
        IInvocationOperation call => Passed(call),
        IObjectCreationOperation { Type: { Name: "Thread" or "Timer" }, Arguments: var arguments } => arguments.SelectMany(a => Captured(a.Value)),
        _ => [],
    };

    private IEnumerable<(IOperation At, string Payload, string Fact, string Remedy)> Passed(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (IsKeeper(method) && (call.Instance is null || OutlivesHook(call.Instance))) return call.Arguments.SelectMany(a => Stored(a.Value));

        var isForgotten = IsForgotten(call);
        var isLater = s_laterCalls.Contains($"{method.ContainingNamespace.ToDisplayString()}.{method.ContainingType.Name}.{method.Name}") && (isForgotten || !IsTask(call.Type));
        if (isLater) return call.Arguments.SelectMany(a => Captured(a.Value));

        return isForgotten && IsTask(call.Type) ? call.Arguments.SelectMany(a => Handed(a.Value)) : [];
    }

    private IEnumerable<(IOperation, string, string, string)> Stored(IOperation value) =>
        Parts(value).Where(IsBorrowed).Select(part => (part, part.Syntax.ToString(), "stores it", "Store a copy"));

    private IEnumerable<(IOperation, string, string, string)> Handed(IOperation value) =>
        Parts(value).Where(IsBorrowed).Select(part => (part, part.Syntax.ToString(), "hands it to what it does not await", "Await that, or hand over a copy"));

    // What a function inside the hook uses, once for each payload.
    private IEnumerable<(IOperation, string, string, string)> Captured(IOperation value) =>
        value.DescendantsAndSelf().OfType<IAnonymousFunctionOperation>()
            .SelectMany(function => function.Descendants().Where(o => o is IParameterReferenceOperation or ILocalReferenceOperation && IsBorrowed(o)))
            .GroupBy(o => HookBody.SymbolOf(o)!, SymbolEqualityComparer.Default)
            .Select(uses => (uses.First(), uses.Key!.Name, "lets a function use it that runs later", "Copy it before, and use the copy there"));

    private static IEnumerable<IOperation> Parts(IOperation value) => HookBody.Bare(value) switch
    {
        ITupleOperation tuple => tuple.Elements.SelectMany(Parts),
        IArrayCreationOperation { Initializer.ElementValues: var items } => items.SelectMany(Parts),
        ICollectionExpressionOperation collection => collection.Elements.SelectMany(Parts),
        IConditionalOperation { WhenFalse: { } no } choice => Parts(choice.WhenTrue).Concat(Parts(no)),
        var single => [single],
    };

    private bool IsBorrowed(IOperation operation) => HookBody.Bare(operation) switch
    {
        IParameterReferenceOperation parameter => _borrowed.Contains(parameter.Parameter),
        ILocalReferenceOperation local => _borrowed.Contains(local.Local),
        IPropertyReferenceOperation { Instance: { } instance, Type: var type } => IsBorrowed(type) && IsBorrowed(instance),
        IInvocationOperation { TargetMethod.Name: "Slice", Instance: { } instance } => IsBorrowed(instance),
        IObjectCreationOperation { Type: var type } creation => IsBorrowed(type) && creation.Arguments.Any(a => IsBorrowed(a.Value)),
        _ => false,
    };

    private static bool IsBorrowed(ITypeSymbol? type) => type switch
    {
        { Name: "ReadOnlyMemory" } => HookBody.Is(type, "System", "ReadOnlyMemory") && IsOfBytes(type),
        { Name: "ReadOnlySequence" } => HookBody.Is(type, "System.Buffers", "ReadOnlySequence") && IsOfBytes(type),
        { Name: "Message" } => HookBody.Is(type, "Peers", "Message"),
        _ => false,
    };

    private static bool IsOfBytes(ITypeSymbol type) => type is INamedTypeSymbol { TypeArguments: { Length: 1 } items } && items[0].SpecialType == SpecialType.System_Byte;

    // A field, or something that a field, a parameter or a static holds. What only a local holds ends with the hook.
    private static bool OutlivesHook(IOperation target)
    {
        var holder = HookBody.Bare(target);
        if (holder is ILocalReferenceOperation or IDiscardOperation) return false;

        while (true)
        {
            holder = HookBody.Bare(holder);
            switch (holder)
            {
                case IMemberReferenceOperation { Instance: { } instance }: holder = instance; break;
                case IArrayElementReferenceOperation array: holder = array.ArrayReference; break;
                case IInvocationOperation { Instance: { } instance }: holder = instance; break;
                default: return holder is IMemberReferenceOperation or IInstanceReferenceOperation or IParameterReferenceOperation;
            }
        }
    }

    private static bool IsKeeper(IMethodSymbol method)
    {
        if (!s_keepers.Contains(method.Name)) return false;
        var space = method.ContainingNamespace.ToDisplayString();
        return space.StartsWith("System.Collections", StringComparison.Ordinal) || space == "System.Threading.Channels";
    }

    // A statement of its own, a discard, or a field to look at some time.
    private static bool IsForgotten(IInvocationOperation call)
    {
        IOperation? parent = call.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation) parent = parent.Parent;
        return parent is IExpressionStatementOperation || (parent is IAssignmentOperation assignment && (assignment.Target is IDiscardOperation || OutlivesHook(assignment.Target)));
    }

    private static bool IsTask(ITypeSymbol? type) => HookBody.Is(type, "System.Threading.Tasks", "Task") || HookBody.Is(type, "System.Threading.Tasks", "ValueTask");
}
