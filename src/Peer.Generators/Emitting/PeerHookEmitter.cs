namespace Peers.Generators;

/// <summary>Writes the method of a hook that there is one of: open, close, error, drain, ping, pong.</summary>
internal static class PeerHookEmitter
{
    public static void Emit(SourceWriter writer, HandlerModel handler, HookKind kind, string method, string parameters)
    {
        if (handler.Hook(kind) is not { } hook) return;

        var modifier = hook.HasServices ? "async " : "";
        writer.Begin(handler).Open($"{modifier}global::System.Threading.Tasks.ValueTask global::Peers.IPeerHandler.{method}({parameters})");
        writer.Write($"// {hook.Signature}");
        if (hook.HasServices) EmitWithServices(writer, hook);
        else HookReturnEmitter.Emit(writer, hook, HookCall.Plain.Write(hook));
        writer.Close();
    }

    private static void EmitWithServices(SourceWriter writer, HookModel hook)
    {
        var wait = hook.Returns.Shape == ReturnShape.Sync ? "" : "await ";
        writer.Write(ServiceEmitter.Open(hook)).Write($"{wait}{HookCall.Plain.Write(hook)};");
    }
}
