namespace Peers.Generators;

/// <summary>Says which hooks a handler has.</summary>
internal static class HookFlags
{
    /// <summary>The flags, as C#, one a line.</summary>
    public static string Of(HandlerModel handler)
    {
        var flags = Names(handler).Select(name => $"global::Peers.PeerHooks.{name}").ToArray();
        return flags.Length == 0 ? "global::Peers.PeerHooks.None" : string.Join("\n| ", flags);
    }

    private static IEnumerable<string> Names(HandlerModel handler)
    {
        if (UpgradeEmitter.IsNeeded(handler)) yield return "Upgrade";
        if (handler.Joins.Count > 0) yield return "Join";
        if (Has(handler, HookKind.Open)) yield return "Open";
        if (handler.Hooks.Any(h => h.Takes.HasFlag(MessageKinds.Text))) yield return "Text";
        if (handler.BinaryHook() is not null) yield return "Binary";
        if (Has(handler, HookKind.Close)) yield return "Close";
        if (Has(handler, HookKind.Error)) yield return "Error";
        if (Has(handler, HookKind.Drain)) yield return "Drain";
        if (Has(handler, HookKind.Gap)) yield return "Gap";
        if (Has(handler, HookKind.Ping)) yield return "Ping";
        if (Has(handler, HookKind.Pong)) yield return "Pong";
        if (handler.RawTextHook() is { Borrows: true }) yield return "BorrowsText";
        if (handler.BinaryHook() is { Borrows: true }) yield return "BorrowsBinary";
    }

    private static bool Has(HandlerModel handler, HookKind kind) => handler.Hooks.Any(h => h.Kind == kind);
}
