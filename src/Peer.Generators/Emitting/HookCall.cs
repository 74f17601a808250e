namespace Peers.Generators;

/// <summary>Writes the call of a hook's method.</summary>
/// <param name="Peer">An expression for the peer.</param>
/// <param name="Payload">An expression for the payload as memory.</param>
/// <param name="MessageKind">The kind of the payload, for raw views.</param>
/// <param name="StreamCancellation">An expression for the token that ends a stream.</param>
internal sealed record HookCall(string Peer, string Payload = "payload", string MessageKind = "Binary", string StreamCancellation = "stream.Cancelled")
{
    // Names that generated bodies use themselves.
    private static readonly HashSet<string> s_locals = new(StringComparer.Ordinal) { "text", "type", "peer", "payload", "services" };

    // And those around streams.
    private static readonly HashSet<string> s_streamLocals = new(StringComparer.Ordinal) { "stream", "rawStream", "items", "item", "cancellation" };

    /// <summary>Inside the text method.</summary>
    public static HookCall Text { get; } = new("text.Peer", "text.Utf8", "Text");

    /// <summary>Inside a method that has a peer and perhaps a payload.</summary>
    public static HookCall Plain { get; } = new("peer");

    /// <summary>The local variable that a message is read into: the parameter's own name where that is free, and no discard.</summary>
    public static string MessageLocal(HookModel hook)
    {
        var name = hook.Parameters.First(p => p.Kind == HookParameterKind.Message).Name;
        return name == "_" || IsLocal(hook, name) ? "message" : name;
    }

    /// <summary>The call, without a semicolon.</summary>
    public string Write(HookModel hook) => $"{Method(hook)}({string.Join(", ", hook.Parameters.Select(p => Argument(hook, p)))})";

    private static string Method(HookModel hook)
    {
        var isHidden = IsLocal(hook, hook.Method) || hook.Method is "request" or "close" or "error" or "gap" || (hook.Message is not null && MessageLocal(hook) == hook.Method);
        if (!isHidden && !hook.IsCovered) return hook.Method;
        if (hook.IsStatic) return $"{hook.Owner}.{hook.Method}";

        return $"{(hook.IsCovered ? "base" : "this")}.{hook.Method}";
    }

    private static bool IsLocal(HookModel hook, string name) => s_locals.Contains(name) || (hook.IsStream && s_streamLocals.Contains(name));

    private string Argument(HookModel hook, HookParameterModel parameter) => parameter.Kind switch
    {
        HookParameterKind.Peer => Peer,
        HookParameterKind.Request => "request",
        HookParameterKind.HttpContext => "request.Feature<global::Microsoft.AspNetCore.Http.HttpContext>()!",
        HookParameterKind.Cancellation when hook.IsStream => StreamCancellation,
        HookParameterKind.Cancellation => hook.Kind == HookKind.Upgrade ? "request.Aborted" : $"{Peer}.Closed",
        HookParameterKind.CloseEvent => "close",
        HookParameterKind.PeerError => "error",
        HookParameterKind.ChannelGap => "gap",
        HookParameterKind.Route => RouteValueEmitter.Read(parameter.Route!, hook.Kind == HookKind.Upgrade ? "request" : Peer),
        HookParameterKind.Service when hook.Kind == HookKind.Upgrade => ServiceEmitter.Resolve(parameter.Service!, "request.Services"),
        HookParameterKind.Service => ServiceEmitter.ResolveInHook(parameter.Service!),
        HookParameterKind.Message => hook.Message!.Wrapper.Length > 0 ? $"{MessageLocal(hook)}.Value" : MessageLocal(hook),
        HookParameterKind.Text => $"global::System.Text.Encoding.UTF8.GetString({Payload}.Span)",
        HookParameterKind.Span => $"{Payload}.Span",
        HookParameterKind.Memory => Payload,
        HookParameterKind.Sequence => $"new global::System.Buffers.ReadOnlySequence<byte>({Payload})",
        HookParameterKind.RawMessage => $"new global::Peers.Message(global::Peers.MessageKind.{MessageKind}, {Payload})",
        _ => throw new InvalidOperationException(parameter.Kind.ToString()),
    };
}
