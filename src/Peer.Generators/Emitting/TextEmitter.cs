namespace Peers.Generators;

/// <summary>Writes the method for text messages: by type to the hook that takes it, else to the raw hook, else unknown.</summary>
internal static class TextEmitter
{
    private const int MostComparisons = 4;

    public static void Emit(SourceWriter writer, HandlerModel handler)
    {
        var (typed, raw) = (handler.TypedHooks().ToArray(), handler.RawTextHook());
        if (typed.Length == 0 && raw is null) return;

        var withServices = new TextServicesEmitter(handler.Hooks);
        writer.Begin(handler).Open("global::System.Threading.Tasks.ValueTask global::Peers.IPeerHandler.OnText(ref global::Peers.IncomingText text)");
        if (typed.Length > 0) EmitTyped(writer, typed, withServices);
        if (raw is null) writer.Write("return text.Unknown();");
        else EmitRaw(writer, raw, withServices);
        withServices.Emit(writer);
        writer.Close();
    }

    private static void EmitTyped(SourceWriter writer, HookModel[] hooks, TextServicesEmitter withServices)
    {
        writer.Write("var type = text.Type;").Line();

        // A hook for one message comes before one for several.
        EmitExact(writer, [.. hooks.Where(h => !h.Message!.IsUnion)], withServices);
        foreach (var hook in hooks.Where(h => h.Message!.IsUnion))
        {
            writer.Write($"// {hook.Signature}").Open($"if (global::Peers.IncomingText.Holds<{hook.Message!.Type}>(type))");
            EmitHook(writer, hook, withServices);
            writer.Close().Line();
        }
        EmitCancel(writer, hooks);
    }

    private static void EmitExact(SourceWriter writer, HookModel[] hooks, TextServicesEmitter withServices)
    {
        if (hooks.Length <= MostComparisons)
        {
            foreach (var hook in hooks)
            {
                writer.Write($"// {hook.Signature}").Open($"if (type.SequenceEqual({Utf8Name(hook)}))");
                EmitHook(writer, hook, withServices);
                writer.Close().Line();
            }
            return;
        }

        // The length decides most of it, in one jump.
        writer.Open("switch (type.Length)");
        foreach (var hook in hooks)
        {
            if (hook != hooks[0]) writer.Line();
            writer.Write($"// {hook.Signature}");
            writer.Open($"case {System.Text.Encoding.UTF8.GetByteCount(hook.Message!.Name)} when type.SequenceEqual({Utf8Name(hook)}):");
            EmitHook(writer, hook, withServices);
            writer.Close();
        }
        writer.Close().Line();
    }

    private static void EmitCancel(SourceWriter writer, HookModel[] hooks)
    {
        if (!hooks.Any(h => h.IsStream)) return;

        writer.Write("// The protocol's own: the client does not want more of a stream.");
        writer.Write("if (type.SequenceEqual(\"$cancel\"u8)) return text.Cancel();").Line();
    }

    private static void EmitHook(SourceWriter writer, HookModel hook, TextServicesEmitter withServices)
    {
        writer.Write($"if (!text.TryRead<{hook.Message!.ReadType}>(out var {HookCall.MessageLocal(hook)})) return text.Invalid();");
        EmitCall(writer, hook, withServices);
    }

    private static void EmitRaw(SourceWriter writer, HookModel hook, TextServicesEmitter withServices)
    {
        writer.Write($"// {hook.Signature}");
        EmitCall(writer, hook, withServices);
    }

    private static void EmitCall(SourceWriter writer, HookModel hook, TextServicesEmitter withServices)
    {
        if (hook.IsStream)
        {
            EmitStream(writer, hook, withServices);
            return;
        }
        if (hook.HasServices)
        {
            var call = withServices.Add(hook);
            writer.Write(hook.Returns.Value is null ? $"return {call};" : $"return text.ReplyAsync({Wrapped(hook, call)});");
            return;
        }

        var plain = HookCall.Text.Write(hook);
        if (hook.Returns.Value is null) HookReturnEmitter.Emit(writer, hook, plain);
        else writer.Write($"return {Reply(hook, plain)};");
    }

    // The raw hook's variable shares its scope with those of the typed ones.
    private static void EmitStream(SourceWriter writer, HookModel hook, TextServicesEmitter withServices)
    {
        var stream = hook.Message is null ? "rawStream" : "stream";
        var call = HookCall.Text with { StreamCancellation = $"{stream}.Cancelled" };
        var items = hook.HasServices ? withServices.Add(hook, stream) : call.Write(hook);
        if (hook.Returns.Wrapper.Length > 0) items = $"{hook.Returns.Wrapper}.From({items}, {stream}.Cancelled)";
        writer.Write($"if (!text.TryOpenStream<{ReplyType(hook)}>(out var {stream})) return text.Refuse();");
        writer.Write($"return {stream}.Run({items});");
    }

    private static string Reply(HookModel hook, string call) => hook.Returns.Shape switch
    {
        ReturnShape.Sync when hook.Returns.Wrapper.Length > 0 => $"text.Reply(new {hook.Returns.Wrapper}({call}))",
        ReturnShape.Sync => $"text.Reply({call})",
        ReturnShape.Task => $"text.ReplyAsync<{ReplyType(hook)}>({Wrapped(hook, $"new({call})")})",
        _ => $"text.ReplyAsync({Wrapped(hook, call)})",
    };

    private static string Wrapped(HookModel hook, string call) => hook.Returns.Wrapper.Length > 0 ? $"{hook.Returns.Wrapper}.From({call})" : call;

    private static string ReplyType(HookModel hook) => hook.Returns.Wrapper.Length > 0 ? hook.Returns.Wrapper : hook.Returns.Value!;

    private static string Utf8Name(HookModel hook) => TypeNames.Literal(hook.Message!.Name) + "u8";
}
