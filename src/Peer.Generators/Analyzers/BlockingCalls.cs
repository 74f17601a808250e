using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Peers.Generators;

/// <summary>Finds calls that hold up the thread of a hook.</summary>
internal static class BlockingCalls
{
    private const string AwaitTask = "Await the task";

    // By type, then method: what to do instead.
    private static readonly Dictionary<string, string> s_known = new(StringComparer.Ordinal)
    {
        ["System.Threading.Tasks.Task.Wait"] = AwaitTask,
        ["System.Threading.Tasks.Task.WaitAll"] = "Await Task.WhenAll",
        ["System.Threading.Tasks.Task.WaitAny"] = "Await Task.WhenAny",
        ["System.Threading.Thread.Sleep"] = "Await Task.Delay",
        ["System.Threading.Thread.Join"] = "Await a task instead of a thread",
        ["System.Threading.SemaphoreSlim.Wait"] = "Await WaitAsync",
        ["System.Threading.ManualResetEventSlim.Wait"] = "Await a TaskCompletionSource",
        ["System.Threading.CountdownEvent.Wait"] = "Await a TaskCompletionSource",
        ["System.Threading.WaitHandle.WaitOne"] = "Await a TaskCompletionSource",
        ["System.Threading.WaitHandle.WaitAll"] = "Await a TaskCompletionSource",
        ["System.Threading.WaitHandle.WaitAny"] = "Await a TaskCompletionSource",
        ["System.Threading.Barrier.SignalAndWait"] = "Await a TaskCompletionSource",
        ["System.Threading.Monitor.Wait"] = "Await a TaskCompletionSource",
        ["System.Threading.SpinWait.SpinUntil"] = "Await a TaskCompletionSource",
        ["System.Collections.Concurrent.BlockingCollection.Take"] = "Await a ChannelReader",
        ["System.Console.ReadLine"] = "Read in a task of its own",
        ["System.Diagnostics.Process.WaitForExit"] = "Await WaitForExitAsync",
    };

    private static readonly string[] s_awaiters = ["TaskAwaiter", "ValueTaskAwaiter", "ConfiguredTaskAwaiter", "ConfiguredValueTaskAwaiter"];

    // Where a method with an asynchronous sibling does input or output. In memory there is none to wait for.
    private static readonly string[] s_io = ["System.IO", "System.Net", "System.Data", "Microsoft.Data", "Microsoft.EntityFrameworkCore"];
    private static readonly string[] s_inMemory = ["MemoryStream", "StringReader", "StringWriter"];

    public static IEnumerable<(IOperation At, string Call, string Remedy)> In(HookBody body)
    {
        var finished = new Lazy<FinishedTasks>(() => new(body));
        foreach (var step in body.Steps)
        {
            var isDone = TaskOf(step) is { } task && finished.Value.Contains(task);
            if (!isDone && Remedy(step) is { } remedy) yield return (step, NameOf(step), remedy);
        }
    }

    // The task whose end is waited for, where it is one.
    private static IOperation? TaskOf(IOperation step) => step switch
    {
        IPropertyReferenceOperation property => property.Instance,
        IInvocationOperation { TargetMethod.Name: "GetResult", Instance: { } awaiter } => AwaitedBy(awaiter),
        IInvocationOperation { TargetMethod.Name: "Wait" } call => call.Instance,
        _ => null,
    };

    private static IOperation AwaitedBy(IOperation awaiter)
    {
        while (HookBody.Bare(awaiter) is IInvocationOperation { TargetMethod.Name: "GetAwaiter" or "ConfigureAwait" or "AsTask", Instance: { } task }) awaiter = task;
        return awaiter;
    }

    private static string? Remedy(IOperation step) => step switch
    {
        IPropertyReferenceOperation { Property: { Name: "Result", ContainingType: var type } } when IsTask(type) => AwaitTask,
        IInvocationOperation call => Remedy(call),
        _ => null,
    };

    private static string? Remedy(IInvocationOperation call)
    {
        var method = call.TargetMethod.ReducedFrom ?? call.TargetMethod;
        var type = method.ContainingType;
        if (method.Name == "GetResult") return s_awaiters.Contains(type.Name, StringComparer.Ordinal) ? AwaitTask : null;
        if (s_known.TryGetValue($"{type.ContainingNamespace?.ToDisplayString()}.{type.Name}.{method.Name}", out var remedy)) return IsOnlyATry(call) ? null : remedy;

        return IsIO(call) && HasSibling(type, method.Name + "Async") ? $"Await {method.Name}Async" : null;
    }

    // A timeout of zero does not wait: Wait(0), WaitOne(TimeSpan.Zero).
    private static bool IsOnlyATry(IInvocationOperation call) =>
        call.TargetMethod.Name != "Sleep"
        && call.Arguments.Any(a => a.Value.ConstantValue is { HasValue: true, Value: 0 } || HookBody.SymbolOf(a.Value) is IFieldSymbol { Name: "Zero", ContainingType.Name: "TimeSpan" });

    private static bool IsIO(IInvocationOperation call)
    {
        if (call.TargetMethod.Name is "Dispose" or "Close") return false;
        var isInMemory = call.Instance is { } instance && s_inMemory.Contains(HookBody.Bare(instance).Type?.Name, StringComparer.Ordinal);
        var space = call.TargetMethod.ContainingNamespace.ToDisplayString();
        return !isInMemory && s_io.Any(io => space == io || (io != "System.IO" && space.StartsWith(io + ".", StringComparison.Ordinal)));
    }

    private static bool HasSibling(INamedTypeSymbol? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(name).Any(m => m is IMethodSymbol { DeclaredAccessibility: Accessibility.Public })) return true;
        }
        return false;
    }

    private static bool IsTask(INamedTypeSymbol type) => HookBody.Is(type, "System.Threading.Tasks", "Task") || HookBody.Is(type, "System.Threading.Tasks", "ValueTask");

    private static string NameOf(IOperation step)
    {
        ISymbol member = step is IInvocationOperation call ? call.TargetMethod : ((IPropertyReferenceOperation)step).Property;
        return $"{member.ContainingType.Name}.{member.Name}";
    }
}
