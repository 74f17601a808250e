namespace Peers.Generators;

/// <summary>Writes the method for binary messages.</summary>
internal static class BinaryEmitter
{
    public static void Emit(SourceWriter writer, HandlerModel handler)
    {
        if (handler.BinaryHook() is not { } hook) return;

        var isAwaited = hook.HasServices || (hook.Returns.Value is not null && hook.Returns.Shape != ReturnShape.Sync);
        var modifier = isAwaited ? "async " : "";
        writer.Begin(handler).Open($"{modifier}global::System.Threading.Tasks.ValueTask global::Peers.IPeerHandler.OnBinary(global::Peers.Peer peer, global::System.ReadOnlyMemory<byte> payload)");
        writer.Write($"// {hook.Signature}");
        if (hook.HasServices) writer.Write(ServiceEmitter.Open(hook));
        EmitCall(writer, hook, isAwaited);
        writer.Close();
    }

    // A binary message has no $id to answer, so a returned message is simply sent.
    private static void EmitCall(SourceWriter writer, HookModel hook, bool isAwaited)
    {
        var call = HookCall.Plain.Write(hook);
        var wait = hook.Returns.Shape == ReturnShape.Sync ? "" : "await ";
        if (isAwaited) writer.Write(hook.Returns.Value is null ? $"{wait}{call};" : $"peer.Send({wait}{call});");
        else if (hook.Returns.Value is not null) writer.Write($"peer.Send({call});").Write("return default;");
        else HookReturnEmitter.Emit(writer, hook, call);
    }
}
