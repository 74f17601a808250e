namespace Peers.Generators;

/// <summary>Writes the file of one type: its dispatch, its factory and its channels.</summary>
internal static class PeerTypeEmitter
{
    public static string Emit(PeerTypeModel type)
    {
        var (shell, handler) = (type.Shell, type.Handler);
        var interfaces = handler is null ? "" : $"global::Peers.IPeerHandler<{shell.FullName}>";

        var writer = new SourceWriter().Open(shell, interfaces, handler is null ? "" : Usings(handler));
        if (handler is not null) HandlerEmitter.Emit(writer, type, handler);
        ChannelEmitter.EmitAddresses(writer, type);
        writer.Close(shell);
        ChannelEmitter.EmitTemplates(writer, type);
        return writer.ToString();
    }

    // For extension methods: SequenceEqual, and those of services.
    private static string Usings(HandlerModel handler)
    {
        var system = handler.TypedHooks().Any() ? "using System;" : "";
        var services = TakesServices(handler) ? "using Microsoft.Extensions.DependencyInjection;" : "";
        return $"{system}\n{services}".Trim('\n');
    }

    // Elsewhere hooks get their services from HookServices.
    private static bool TakesServices(HandlerModel handler) =>
        handler.Constructor.Any(p => p.Service is not null) || handler.Hooks.Any(h => h.Kind == HookKind.Upgrade && h.HasServices);
}
