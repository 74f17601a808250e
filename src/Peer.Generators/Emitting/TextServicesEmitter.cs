namespace Peers.Generators;

/// <summary>Collects the text hooks that take services, and writes each as a local function below the dispatch.</summary>
/// <remarks>The method itself takes its text by reference, so it cannot await.</remarks>
/// <param name="hooks">All hooks, whose names the functions must not hide.</param>
internal sealed class TextServicesEmitter(EquatableArray<HookModel> hooks)
{
    private static readonly HookCall s_call = HookCall.Plain with { MessageKind = "Text" };
    private static readonly HookCall s_streamCall = s_call with { StreamCancellation = "cancellation" };

    private readonly List<(string Name, HookModel Hook)> _functions = [];

    /// <summary>The call of the function that calls this hook, which may be that of a <paramref name="stream"/>.</summary>
    public string Add(HookModel hook, string stream = "")
    {
        var name = $"{hook.Method.TrimStart('@')}WithServices";
        while (hooks.Any(h => h.Method == name) || _functions.Exists(f => f.Name == name)) name += _functions.Count + 1;
        _functions.Add((name, hook));

        var payload = hook.Message is null ? "text.Utf8" : HookCall.MessageLocal(hook);
        if (!hook.IsStream) return $"{name}(text.Peer, {payload})";

        // A stream goes on when the text is no longer there.
        return $"{name}(text.Peer, {(hook.Message is null ? payload + ".ToArray()" : payload)}, {stream}.Cancelled)";
    }

    public void Emit(SourceWriter writer)
    {
        foreach (var (name, hook) in _functions)
        {
            if (hook.IsStream) EmitStream(writer, name, hook);
            else EmitCall(writer, name, hook);
        }
    }

    private static void EmitCall(SourceWriter writer, string name, HookModel hook)
    {
        var modifier = hook.IsStatic ? "static async" : "async";
        var result = hook.Returns.Value is { } value ? $"<{value}>" : "";
        writer.Line().Open($"{modifier} global::System.Threading.Tasks.ValueTask{result} {name}(global::Peers.Peer peer, {Payload(hook)})");
        writer.Write(ServiceEmitter.Open(hook)).Write($"{Head(hook)}{s_call.Write(hook)};");
        writer.Close();
    }

    // The services live as long as the enumerator.
    private static void EmitStream(SourceWriter writer, string name, HookModel hook)
    {
        writer.Line().Write($"static async global::System.Collections.Generic.IAsyncEnumerable<{hook.Returns.Value}> {name}(").Indent();
        writer.Write($"global::Peers.Peer peer, {Payload(hook)},");
        writer.Write("[global::System.Runtime.CompilerServices.EnumeratorCancellation] global::System.Threading.CancellationToken cancellation)").Outdent();
        writer.Open("").Write(ServiceEmitter.Open(hook));
        writer.Write($"var items = {s_streamCall.Write(hook)};");
        writer.Write("await foreach (var item in global::System.Threading.Tasks.TaskAsyncEnumerableExtensions.WithCancellation(items, cancellation)) yield return item;");
        writer.Close();
    }

    private static string Payload(HookModel hook) =>
        hook.Message is { } message ? $"{message.ReadType} {HookCall.MessageLocal(hook)}" : "global::System.ReadOnlyMemory<byte> payload";

    private static string Head(HookModel hook) =>
        (hook.Returns.Value is null ? "" : "return ") + (hook.Returns.Shape == ReturnShape.Sync ? "" : "await ");
}
