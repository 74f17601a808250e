namespace Peers.Generators;

/// <summary>Writes the file of one type: its dispatch, its factory and its channels.</summary>
internal static class PeerTypeEmitter
{
    public static string Emit(PeerTypeModel type)
    {
        var (shell, handler) = (type.Shell, type.Handler);
        var interfaces = handler is null ? "" : $"global::Peers.IPeerHandler<{shell.FullName}>";
        var usings = handler is not null && TakesServices(handler) ? "using Microsoft.Extensions.DependencyInjection;" : "";

        var writer = new SourceWriter().Open(shell, interfaces, usings);
        if (handler is not null) HandlerEmitter.Emit(writer, shell, handler);
        ChannelEmitter.EmitAddresses(writer, type);
        writer.Close(shell);
        ChannelEmitter.EmitTemplates(writer, type);
        return writer.ToString();
    }

    // Elsewhere hooks get their services from HookServices.
    private static bool TakesServices(HandlerModel handler) =>
        handler.Constructor.Any(p => p.Service is not null) || handler.Hooks.Any(h => h.Kind == HookKind.Upgrade && h.HasServices);
}
