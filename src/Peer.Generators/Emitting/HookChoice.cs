namespace Peers.Generators;

/// <summary>Which hook of a handler gets what. A hook for just one kind of message comes before one for both.</summary>
internal static class HookChoice
{
    public static HookModel? Hook(this HandlerModel handler, HookKind kind) => handler.Hooks.FirstOrDefault(h => h.Kind == kind);

    public static IEnumerable<HookModel> TypedHooks(this HandlerModel handler) => handler.Hooks.Where(h => h.Message is not null);

    public static HookModel? RawTextHook(this HandlerModel handler) => RawHook(handler, MessageKinds.Text);

    public static HookModel? BinaryHook(this HandlerModel handler) => RawHook(handler, MessageKinds.Binary);

    private static HookModel? RawHook(HandlerModel handler, MessageKinds kind)
    {
        var hooks = handler.Hooks.Where(h => h.Message is null && h.Takes.HasFlag(kind)).ToArray();
        return hooks.FirstOrDefault(h => h.Takes == kind) ?? hooks.FirstOrDefault();
    }
}
