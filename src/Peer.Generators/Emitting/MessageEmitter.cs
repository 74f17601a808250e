namespace Peers.Generators;

/// <summary>Writes the file of one message: its <c>IMessage&lt;T&gt;</c>, and codecs for the types in it.</summary>
internal static class MessageEmitter
{
    /// <summary>The file's text.</summary>
    public static string Emit(MessageModel model)
    {
        var writer = new SourceWriter();
        writer.Open(model.Shell, $"global::Peers.IMessage<{model.Shell.FullName}>");
        writer.Write($"static string global::Peers.IMessage<{model.Shell.FullName}>.Type => {TypeNames.Literal(model.WireName)};").Line();
        WriteReader(writer, model);
        writer.Line();
        WriteWriter(writer, model);
        MessageCodecEmitter.Write(writer, model);
        writer.Close(model.Shell);
        MessageCodecEmitter.WriteApart(writer, model);
        return writer.ToString();
    }

    private static void WriteReader(SourceWriter writer, MessageModel model)
    {
        var name = model.Shell.FullName;
        var maybe = model.IsValueType ? "" : "[global::System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] ";
        if (model.UsesObsolete) writer.Write(Obsolete.Mark);
        writer.Open($"static bool global::Peers.IMessage<{name}>.TryRead(ref global::Peers.MessageReader reader, {maybe}out {name} message)");
        if (model.Body is null) writer.Write(Throw(model));
        else MessageReadEmitter.Write(writer, model, model.Body, "message", model.WireName, model.IsValueType);
        writer.Close();
    }

    private static void WriteWriter(SourceWriter writer, MessageModel model)
    {
        var name = model.Shell.FullName;
        if (model.UsesObsolete) writer.Write(Obsolete.Mark);
        writer.Open($"static void global::Peers.IMessage<{name}>.Write(ref global::Peers.MessageWriter writer, in {name} message)");
        if (model.Body is null) writer.Write(Throw(model));
        else MessageWriteEmitter.Write(writer, model, model.Body, "message", model.WireName);
        writer.Close();
    }

    /// <summary>The body of a message that something is wrong with.</summary>
    public static string Throw(MessageModel model) =>
        $"throw new global::System.NotSupportedException({TypeNames.Literal($"The message '{model.WireName}' has members that cannot be on the wire: see its diagnostics.")});";
}
