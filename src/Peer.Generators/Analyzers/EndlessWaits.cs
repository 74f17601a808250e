using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Peers.Generators;

/// <summary>Finds where a hook waits for what may never come, without a token that ends the wait when its peer has left.</summary>
internal static class EndlessWaits
{
    // Type, then method, of what may never come.
    private static readonly HashSet<string> s_endless =
    [
        "System.Threading.Channels.ChannelReader.ReadAsync", "System.Threading.Channels.ChannelReader.WaitToReadAsync", "System.Threading.Channels.ChannelReader.ReadAllAsync",
        "System.Threading.PeriodicTimer.WaitForNextTickAsync", "System.Threading.SemaphoreSlim.WaitAsync", "System.IO.Pipelines.PipeReader.ReadAsync",
    ];

    public static IEnumerable<(IOperation At, string Call)> In(HookBody body)
    {
        var calls = body.Steps.Where(IsEndless).ToArray();
        var loops = body.Steps.OfType<ILoopOperation>().Where(loop => IsEndless(loop, calls)).Select(loop => (Awaited(loop), "an endless loop"));
        return [.. calls.Select(call => (call, NameOf(call))), .. loops];
    }

    private static bool IsEndless(IOperation step) => step switch
    {
        IInvocationOperation call => !TakesToken(call) && (IsDelayForEver(call) || (IsKnown(call) && !HasTimeout(call))) && (HookBody.IsAwaited(call) || IsEnumerated(call)),
        IPropertyReferenceOperation { Property: { Name: "Task", ContainingType: var type } } => HookBody.Is(type, "System.Threading.Tasks", "TaskCompletionSource") && HookBody.IsAwaited(step),
        _ => false,
    };

    // A loop with neither condition nor way out, in which something is awaited and no token is named.
    private static bool IsEndless(ILoopOperation loop, IOperation[] calls)
    {
        if (!HasNoCondition(loop)) return false;

        var steps = HookBody.StepsOf(loop).ToArray();
        var canLeave = steps.Any(s => s is IReturnOperation { Kind: not OperationKind.YieldReturn } or IThrowOperation || (s is IBranchOperation { BranchKind: BranchKind.Break } b && SymbolEqualityComparer.Default.Equals(b.Target, loop.ExitLabel)) || IsToken(s.Type));
        return !canLeave && steps.Any(s => s is IAwaitOperation) && !steps.Intersect(calls).Any();
    }

    private static bool HasNoCondition(ILoopOperation loop) => loop switch
    {
        IWhileLoopOperation { Condition.ConstantValue: { HasValue: true, Value: true } } => true,
        IForLoopOperation { Condition: null } => true,
        _ => false,
    };

    private static IOperation Awaited(ILoopOperation loop) => HookBody.StepsOf(loop).First(s => s is IAwaitOperation);

    private static bool IsKnown(IInvocationOperation call) =>
        s_endless.Contains($"{call.TargetMethod.ContainingNamespace.ToDisplayString()}.{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}");

    private static bool HasTimeout(IInvocationOperation call) => call.Arguments.Any(a => !IsToken(a.Value.Type));

    private static bool IsDelayForEver(IInvocationOperation call) =>
        call.TargetMethod.Name == "Delay"
        && HookBody.Is(call.TargetMethod.ContainingType, "System.Threading.Tasks", "Task")
        && call.Arguments.Any(a => a.Value.ConstantValue is { HasValue: true, Value: -1 } || HookBody.SymbolOf(a.Value)?.Name == "InfiniteTimeSpan");

    private static bool TakesToken(IInvocationOperation call) =>
        call.Arguments.Any(a => IsToken(a.Value.Type) && a.ArgumentKind == ArgumentKind.Explicit && HookBody.Bare(a.Value) is not IDefaultValueOperation && HookBody.SymbolOf(a.Value)?.Name != "None");

    private static bool IsEnumerated(IInvocationOperation call)
    {
        IOperation? parent = call.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation) parent = parent.Parent;
        return parent is IForEachLoopOperation { IsAsynchronous: true };
    }

    private static bool IsToken(ITypeSymbol? type) => HookBody.Is(type, "System.Threading", "CancellationToken");

    private static string NameOf(IOperation step)
    {
        ISymbol member = step is IInvocationOperation call ? call.TargetMethod : ((IPropertyReferenceOperation)step).Property;
        return $"{member.ContainingType.Name}.{member.Name}";
    }
}
