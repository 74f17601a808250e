using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Peers.Generators;

/// <summary>Finds the tasks whose results a hook may take, because it has made sure that they have ended.</summary>
/// <remarks>
/// A task that is awaited, or asked whether it is completed, anywhere in the hook; and with a collection that is awaited, whatever is
/// taken out of
/// it. It need not be so on every path: who writes it knows.
/// </remarks>
internal sealed class FinishedTasks
{
    private readonly HashSet<ISymbol> _finished = new(SymbolEqualityComparer.Default);

    public FinishedTasks(HookBody body)
    {
        foreach (var step in body.Steps) _finished.UnionWith(Awaited(step));

        // What is taken out of these is finished, too, and what is taken out of that.
        int count;
        do
        {
            count = _finished.Count;
            foreach (var step in body.Steps) _finished.UnionWith(Taken(step));
        }
        while (_finished.Count > count);
    }

    /// <summary>Whether an operation gives a finished task: it names one, or something in a collection of these.</summary>
    public bool Contains(IOperation task)
    {
        for (IOperation? source = HookBody.Bare(task); source is not null; source = SourceOf(source))
        {
            if (source is IAwaitOperation || (HookBody.SymbolOf(source) is { } symbol && _finished.Contains(symbol))) return true;
        }
        return false;
    }

    private static IEnumerable<ISymbol> Awaited(IOperation step) => step switch
    {
        IAwaitOperation await => Named(await.Operation),
        IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "Status" } asked when HookBody.SymbolOf(asked.Instance) is { } task => [task],

        // var first = await Task.WhenAny(…);
        IVariableDeclaratorOperation { Symbol: var local, Initializer.Value: { } value } when HookBody.Bare(value) is IAwaitOperation => [local],

        // await foreach (var task in Task.WhenEach(tasks))
        IForEachLoopOperation { IsAsynchronous: true, Collection: var all, Locals: var locals } when CallsWhenEach(all) => [.. locals, .. Named(all)],
        _ => [],
    };

    private IEnumerable<ISymbol> Taken(IOperation step) => step switch
    {
        IForEachLoopOperation loop when Contains(loop.Collection) => loop.Locals,
        IVariableDeclaratorOperation { Symbol: var local, Initializer.Value: { } value } when Contains(value) => [local],
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local }, Value: var value } when Contains(value) => [local],
        IDeconstructionAssignmentOperation { Target: var target, Value: var value } when Contains(value) => Named(target),
        _ => [],
    };

    private static IEnumerable<ISymbol> Named(IOperation operation) => HookBody.StepsOf(operation).Select(HookBody.SymbolOf).Where(s => s is not null).Select(s => s!);

    private static bool CallsWhenEach(IOperation collection) =>
        HookBody.StepsOf(collection).Any(step => step is IInvocationOperation { TargetMethod: { Name: "WhenEach", ContainingType: var type } } && HookBody.Is(type, "System.Threading.Tasks", "Task"));

    // What an element, a property or the result of a call is taken from.
    private static IOperation? SourceOf(IOperation operation)
    {
        var source = operation switch
        {
            IArrayElementReferenceOperation element => element.ArrayReference,
            IImplicitIndexerReferenceOperation element => element.Instance,
            IMemberReferenceOperation member => member.Instance,
            IInvocationOperation { Instance: { } instance } => instance,
            IInvocationOperation { TargetMethod.IsExtensionMethod: true, Arguments: { Length: > 0 } arguments } => arguments[0].Value,
            IConditionalAccessOperation access => access.Operation,
            _ => null,
        };
        return source is null ? null : HookBody.Bare(source);
    }
}
