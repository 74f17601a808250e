using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Checks a hook that returns a stream: it is over when it returns, and its enumeration runs beside later hooks.</summary>
internal static class StreamHookCheck
{
    public static void Check(IMethodSymbol method, List<HookParameterModel> parameters, HookProblems problems)
    {
        if (!method.IsStatic) problems.StreamNotStatic();
        if (parameters.Exists(IsBorrowed)) problems.Signature("returns a stream, which outlives the payload that it borrows", "Take a [Message] type or string");

        // What is no iterator hands its enumerator over, which gets a token of its own.
        if (method.IsAsync && !parameters.Exists(p => p.Kind == HookParameterKind.Cancellation)) problems.StreamNotCancellable();
    }

    private static bool IsBorrowed(HookParameterModel parameter) => parameter.Kind is
        HookParameterKind.Span or HookParameterKind.Memory or HookParameterKind.Sequence or HookParameterKind.RawMessage;
}
