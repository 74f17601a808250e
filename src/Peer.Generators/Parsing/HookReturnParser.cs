using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads what a hook returns, and says what it cannot.</summary>
internal static class HookReturnParser
{
    public static HookReturnModel? Parse(IMethodSymbol method, HookKind hook, HookProblems problems)
    {
        if (method.ReturnsVoid && hook != HookKind.Upgrade) return new(ReturnShape.Sync, null);

        var (shape, value) = Unwrap(method.ReturnType);
        if ((value ?? method.ReturnType).TypeKind == TypeKind.Error) problems.AddReported();
        else if (method.ReturnsByRef || method.ReturnsByRefReadonly) problems.Signature("returns by reference", "Return a value");
        else if (IsReturned(value, hook, method.ContainingAssembly)) return new(shape, value?.Full(), value is null ? "" : MessageTypes.WrapperOf(value, method.ContainingAssembly));
        else if (hook == HookKind.Message && value!.NullableAnnotation != NullableAnnotation.Annotated && Unwrap(value).Shape == ReturnShape.Sync) problems.Reply(value);
        else problems.Signature($"returns '{method.ReturnType.Short()}', which [On{hook}] has no use for", $"Return {Wanted(hook)}");
        return null;
    }

    /// <summary>The type of the value that comes back, at once or later; null where there is none.</summary>
    public static ITypeSymbol? ValueOf(IMethodSymbol method) => Unwrap(method.ReturnType).Value;

    /// <summary>Whether a hook replies with a stream.</summary>
    public static bool IsStream(IMethodSymbol method) => Unwrap(method.ReturnType).Shape == ReturnShape.Stream;

    private static (ReturnShape Shape, ITypeSymbol? Value) Unwrap(ITypeSymbol type)
    {
        var argument = (type as INamedTypeSymbol)?.TypeArguments.FirstOrDefault();
        return type.OriginalDefinition.ToDisplayString(TypeNames.Namespace) switch
        {
            "void" => (ReturnShape.Sync, null),
            "System.Threading.Tasks.Task" => (ReturnShape.Task, null),
            "System.Threading.Tasks.ValueTask" => (ReturnShape.ValueTask, null),
            "System.Threading.Tasks.Task<TResult>" => (ReturnShape.Task, argument),
            "System.Threading.Tasks.ValueTask<TResult>" => (ReturnShape.ValueTask, argument),
            "System.Collections.Generic.IAsyncEnumerable<T>" => (ReturnShape.Stream, argument),
            _ => (ReturnShape.Sync, type),
        };
    }

    private static bool IsReturned(ITypeSymbol? value, HookKind hook, IAssemblySymbol assembly)
    {
        if (value?.NullableAnnotation == NullableAnnotation.Annotated) return false;

        return hook switch
        {
            HookKind.Upgrade => value?.ToDisplayString(TypeNames.Namespace) == "Peers.UpgradeResult",
            HookKind.Message => value is null || MessageTypes.NameOf(value, assembly) is not null,
            _ => value is null,
        };
    }

    private static string Wanted(HookKind hook) => hook switch
    {
        HookKind.Upgrade => "UpgradeResult, Task<UpgradeResult> or ValueTask<UpgradeResult>",
        HookKind.Message => "void, Task, ValueTask, or a [Message] type, which may come in a Task<T>, ValueTask<T> or IAsyncEnumerable<T>",
        _ => "void, Task or ValueTask",
    };
}
