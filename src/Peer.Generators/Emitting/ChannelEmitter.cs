namespace Peers.Generators;

/// <summary>Fills in the addresses of channels.</summary>
internal static class ChannelEmitter
{
    private const string Fault = "throw new global::System.NotSupportedException(\"The compiler reported an error in this channel.\")";

    /// <summary>Writes the bodies of the type's channel members.</summary>
    public static void EmitAddresses(SourceWriter writer, PeerTypeModel type)
    {
        for (var i = 0; i < type.Channels.Count; i++)
        {
            if (i > 0 || type.Handler is not null) writer.Line();
            writer.Write(type.Channels[i].Declaration + Body(type, i));
        }
    }

    /// <summary>Writes the templates with parameters, each of which keeps the names that it made last.</summary>
    public static void EmitTemplates(SourceWriter writer, PeerTypeModel type)
    {
        var members = type.Channels.Select((c, i) => (Name: Field(type, i), c.Template, HasArguments: c.Arguments.Count > 0)).Where(t => t.HasArguments);
        var joins = (type.Handler?.Joins ?? default)
            .Where(j => j.Member is null)
            .Select((j, i) => (Name: JoinField(i), Template: (string?)j.Template, HasArguments: j.RouteValues.Count > 0))
            .Where(t => t.HasArguments);
        var templates = members.Concat(joins).ToArray();
        if (templates.Length == 0) return;

        writer.Line().Open($"file static class {type.TemplatesName.Substring(type.TemplatesName.LastIndexOfAny(['.', ':']) + 1)}");
        foreach (var (name, template, _) in templates)
        {
            writer.Write($"internal static readonly global::Peers.ChannelTemplate {name} = new({TypeNames.Literal(template!)});");
        }
        writer.Close();
    }

    /// <summary>Writes the joins of a handler.</summary>
    public static void EmitJoins(SourceWriter writer, PeerTypeModel type, HandlerModel handler)
    {
        if (handler.Joins.Count == 0) return;

        writer.Begin(handler).Open("void global::Peers.IPeerHandler.Join(global::Peers.Peer peer)");
        var index = 0;
        foreach (var join in handler.Joins) writer.Write($"peer.Subscribe({Address(type, join, join.Member is null ? index++ : 0)});");
        writer.Close();
    }

    private static string Address(PeerTypeModel type, JoinModel join, int index)
    {
        var values = string.Join(", ", join.RouteValues.Select(v => RouteValueEmitter.Read(v, "peer")));
        if (join.Member is { } member) return join.IsProperty ? member : $"{member}({values})";

        return join.RouteValues.Count == 0 ? TypeNames.Literal(join.Template) : $"{type.TemplatesName}.{JoinField(index)}.Name({values})";
    }

    private static string Body(PeerTypeModel type, int index)
    {
        var channel = type.Channels[index];
        if (channel.Setter is { } setter) return $" {{ get => {Fault}; {setter} => {Fault}; }}";
        if (channel.Template is not { } template) return $" => {Fault};";

        return channel.Arguments.Count == 0
            ? $" => new({TypeNames.Literal(template)});"
            : $" => new({type.TemplatesName}.{Field(type, index)}.Name({string.Join(", ", channel.Arguments)}));";
    }

    private static string Field(PeerTypeModel type, int index)
    {
        var name = type.Channels[index].Name.TrimStart('@');
        var isOverloaded = type.Channels.Count(c => c.Name.TrimStart('@') == name) > 1;
        return isOverloaded ? $"{name}{index}" : name;
    }

    private static string JoinField(int index) => $"Joined{index}";
}
