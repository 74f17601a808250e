namespace Peers.Generators;

/// <summary>Writes a handler's side of <c>IPeerHandler</c>, in the order of that interface.</summary>
internal static class HandlerEmitter
{
    public static void Emit(SourceWriter writer, PeerTypeModel type, HandlerModel handler)
    {
        var shell = type.Shell;
        if (!handler.IsValid)
        {
            EmitInvalid(writer, shell);
            return;
        }

        EmitInfo(writer, shell, handler);
        EmitCreate(writer, shell, handler);
        UpgradeEmitter.Emit(writer, handler);
        ChannelEmitter.EmitJoins(writer, type, handler);
        PeerHookEmitter.Emit(writer, handler, HookKind.Open, "OnOpen", "global::Peers.Peer peer");
        TextEmitter.Emit(writer, handler);
        BinaryEmitter.Emit(writer, handler);
        PeerHookEmitter.Emit(writer, handler, HookKind.Close, "OnClose", "global::Peers.Peer peer, global::Peers.CloseEvent close");
        PeerHookEmitter.Emit(writer, handler, HookKind.Error, "OnError", "global::Peers.Peer peer, global::Peers.PeerError error");
        PeerHookEmitter.Emit(writer, handler, HookKind.Drain, "OnDrain", "global::Peers.Peer peer");
        PeerHookEmitter.Emit(writer, handler, HookKind.Gap, "OnGap", "global::Peers.Peer peer, global::Peers.ChannelGap gap");
        PeerHookEmitter.Emit(writer, handler, HookKind.Ping, "OnPing", "global::Peers.Peer peer, global::System.ReadOnlyMemory<byte> payload");
        PeerHookEmitter.Emit(writer, handler, HookKind.Pong, "OnPong", "global::Peers.Peer peer, global::System.ReadOnlyMemory<byte> payload");
    }

    // The shape alone, so that one mistake is reported once.
    private static void EmitInvalid(SourceWriter writer, TypeShell shell) => writer.Write($$"""
        static global::Peers.PeerHandlerInfo global::Peers.IPeerHandler<{{shell.FullName}}>.Info =>
            throw new global::System.NotSupportedException("The compiler reported an error in this handler.");

        static {{shell.FullName}} global::Peers.IPeerHandler<{{shell.FullName}}>.Create(global::System.IServiceProvider services) =>
            throw new global::System.NotSupportedException("The compiler reported an error in this handler.");
        """);

    private static void EmitInfo(SourceWriter writer, TypeShell shell, HandlerModel handler)
    {
        string?[] properties =
        [
            handler.Route is { } route ? $"Route = {TypeNames.Literal(route)}," : null,
            handler.RouteValues.Any(v => !v.IsOptional) ? $"RouteValues = [{string.Join(", ", NeededRouteValues(handler))}]," : null,
            handler.Constructor.Any(p => p.Service is not null) ? $"Services = [{string.Join(", ", ServiceTypes(handler))}]," : null,
        ];
        var lines = properties.Where(p => p is not null).ToArray();

        writer.Write($"static global::Peers.PeerHandlerInfo global::Peers.IPeerHandler<{shell.FullName}>.Info {{ get; }} = new(");
        writer.Indent().Write($"{TypeNames.Literal(shell.Name.TrimStart('@'))},");
        writer.Write($"{HookFlags.Of(handler)}){(lines.Length == 0 ? ";" : "")}").Outdent();
        if (lines.Length > 0) writer.Open("").Write(string.Join("\n", lines)).Close(";");
    }

    private static IEnumerable<string> NeededRouteValues(HandlerModel handler) =>
        handler.RouteValues.Where(v => !v.IsOptional).Select(v => v.Name).Distinct(StringComparer.OrdinalIgnoreCase).Select(TypeNames.Literal);

    private static IEnumerable<string> ServiceTypes(HandlerModel handler) =>
        handler.Constructor.Where(p => p.Service is not null).Select(p => $"typeof({p.Service!.Type})").Distinct(StringComparer.Ordinal);

    private static void EmitCreate(SourceWriter writer, TypeShell shell, HandlerModel handler)
    {
        writer.Begin(handler).Write($"static {shell.FullName} global::Peers.IPeerHandler<{shell.FullName}>.Create(global::System.IServiceProvider services) =>");
        var isNamed = handler.Constructor.Any(p => p.Service is null);
        var arguments = handler.Constructor
            .Where(p => p.Service is not null)
            .Select(p => (isNamed ? $"{p.Name}: " : "") + ServiceEmitter.Resolve(p.Service!, "services"))
            .ToArray();

        writer.Indent();
        if (arguments.Length < 2) writer.Write($"new({string.Join(", ", arguments)});");
        else writer.Write("new(").Indent().Write(string.Join(",\n", arguments) + ");").Outdent();
        writer.Outdent();
    }
}
