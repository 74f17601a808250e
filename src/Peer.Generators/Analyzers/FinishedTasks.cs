using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Peers.Generators;

/// <summary>Finds the tasks whose results a hook may take, because it has made sure that they are there.</summary>
/// <remarks>A task that is awaited, or asked whether it is completed, anywhere in the hook. It need not be on every path: those who write so know what they do.</remarks>
internal static class FinishedTasks
{
    public static HashSet<ISymbol> In(HookBody body)
    {
        var finished = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var step in body.Steps) finished.UnionWith(Of(step));
        return finished;
    }

    private static IEnumerable<ISymbol> Of(IOperation step) => step switch
    {
        IAwaitOperation await => HookBody.StepsOf(await.Operation).Select(HookBody.SymbolOf).Where(s => s is not null).Select(s => s!),
        IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "Status" } asked when HookBody.SymbolOf(asked.Instance) is { } task => [task],

        // var first = await Task.WhenAny(…);
        IVariableDeclaratorOperation { Symbol: var local, Initializer.Value: { } value } when HookBody.Bare(value) is IAwaitOperation => [local],
        _ => [],
    };
}
