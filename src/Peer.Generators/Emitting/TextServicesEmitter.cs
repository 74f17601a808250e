namespace Peers.Generators;

/// <summary>Collects the text hooks that take services, and writes each as a local function below the dispatch.</summary>
/// <remarks>The method itself takes its text by reference, so it cannot await.</remarks>
/// <param name="hooks">All hooks, whose names the functions must not hide.</param>
internal sealed class TextServicesEmitter(EquatableArray<HookModel> hooks)
{
    private static readonly HookCall s_call = HookCall.Plain with { MessageKind = "Text" };

    private readonly List<(string Name, HookModel Hook)> _functions = [];

    /// <summary>The call of the function that calls this hook.</summary>
    public string Add(HookModel hook)
    {
        var name = $"{hook.Method.TrimStart('@')}WithServices";
        while (hooks.Any(h => h.Method == name) || _functions.Exists(f => f.Name == name)) name += _functions.Count + 1;
        _functions.Add((name, hook));

        return hook.Message is null ? $"{name}(text.Peer, text.Utf8)" : $"{name}(text.Peer, {HookCall.MessageLocal(hook)})";
    }

    public void Emit(SourceWriter writer)
    {
        foreach (var (name, hook) in _functions)
        {
            var modifier = hook.IsStatic ? "static async" : "async";
            var result = hook.Returns.Value is { } value ? $"<{value}>" : "";
            var payload = hook.Message is { } message ? $"{message.Type} {HookCall.MessageLocal(hook)}" : "global::System.ReadOnlyMemory<byte> payload";
            writer.Line().Open($"{modifier} global::System.Threading.Tasks.ValueTask{result} {name}(global::Peers.Peer peer, {payload})");
            writer.Write(ServiceEmitter.Open(hook)).Write($"{Head(hook)}{s_call.Write(hook)};");
            writer.Close();
        }
    }

    private static string Head(HookModel hook) =>
        (hook.Returns.Value is null ? "" : "return ") + (hook.Returns.Shape == ReturnShape.Sync ? "" : "await ");
}
