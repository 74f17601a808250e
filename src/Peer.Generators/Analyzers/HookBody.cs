using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Peers.Generators;

/// <summary>What a hook does, step by step.</summary>
internal sealed class HookBody(IMethodSymbol method, ImmutableArray<IOperation> blocks)
{
    public IMethodSymbol Method { get; } = method;

    /// <summary>Every operation of the hook itself, in the order of the source; functions inside it are there, but nothing of theirs.</summary>
    public IReadOnlyList<IOperation> Steps { get; } = [.. blocks.SelectMany(StepsOf)];

    /// <summary>An operation and everything in it, except what functions in it do.</summary>
    public static IEnumerable<IOperation> StepsOf(IOperation operation)
    {
        var rest = new Stack<IOperation>([operation]);
        while (rest.Count > 0)
        {
            var step = rest.Pop();
            yield return step;

            if (step is IAnonymousFunctionOperation or ILocalFunctionOperation) continue;
            foreach (var child in step.ChildOperations.Reverse()) rest.Push(child);
        }
    }

    /// <summary>The operation without conversions that the compiler adds around it.</summary>
    public static IOperation Bare(IOperation operation)
    {
        while (true)
        {
            if (operation is IConversionOperation { OperatorMethod: null } conversion) operation = conversion.Operand;
            else if (operation is IParenthesizedOperation parentheses) operation = parentheses.Operand;
            else return operation;
        }
    }

    /// <summary>The local, parameter, field or property that an operation names, or null.</summary>
    public static ISymbol? SymbolOf(IOperation? operation) => operation is null ? null : Bare(operation) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation member => member.Member,
        _ => null,
    };

    /// <summary>Whether somebody waits for a task: it is awaited or returned, whatever is called on it in between.</summary>
    public static bool IsAwaited(IOperation task)
    {
        var parent = task.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation || parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WithCancellation" } or IArgumentOperation) parent = parent.Parent;
        return parent is IAwaitOperation or IReturnOperation;
    }

    /// <summary>Whether a type is one of a name in a namespace, whatever its type arguments.</summary>
    public static bool Is(ITypeSymbol? type, string space, string name) =>
        type is not null && type.Name == name && type.ContainingNamespace?.ToDisplayString() == space;
}
