namespace Peers.Generators;

/// <summary>Writes the upgrade method: route values are checked, then the hook decides.</summary>
internal static class UpgradeEmitter
{
    private const string Result = "global::Peers.UpgradeResult";
    private const string Task = $"global::System.Threading.Tasks.ValueTask<{Result}>";

    public static bool IsNeeded(HandlerModel handler) => handler.Hook(HookKind.Upgrade) is not null || Rejections(handler).Any();

    public static void Emit(SourceWriter writer, HandlerModel handler)
    {
        if (!IsNeeded(handler)) return;

        writer.Begin(handler).Open($"{Task} global::Peers.IPeerHandler.OnUpgrade(global::Peers.UpgradeRequest request)");
        foreach (var rejection in Rejections(handler)) writer.Write(rejection);
        if (handler.Hook(HookKind.Upgrade) is { } hook) EmitCall(writer, hook, Rejections(handler).Any());
        else writer.Write($"return new({Result}.Accept());");
        writer.Close();
    }

    private static void EmitCall(SourceWriter writer, HookModel hook, bool isSecond)
    {
        if (isSecond) writer.Line();
        var call = HookCall.Plain.Write(hook);
        writer.Write($"// {hook.Signature}");
        writer.Write(hook.Returns.Shape == ReturnShape.ValueTask ? $"return {call};" : $"return new({call});");
    }

    private static IEnumerable<string> Rejections(HandlerModel handler) =>
        handler.RouteValues.Select(RouteValueEmitter.Rejection).Where(r => r is not null).Select(r => r!).Distinct(StringComparer.Ordinal);
}
