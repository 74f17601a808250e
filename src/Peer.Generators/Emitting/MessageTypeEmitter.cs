namespace Peers.Generators;

/// <summary>Writes the file of a type that is not the assembly's own: a message around it, and what sends and publishes it.</summary>
internal static class MessageTypeEmitter
{
    // Of two assemblies that see each other's internals each has these, and neither sees those of the other.
    private const string Embedded = "[global::Microsoft.CodeAnalysis.Embedded]";

    public static string Emit(MessageModel model)
    {
        var writer = new SourceWriter();
        writer.Write(FileHead.Text).Line();
        writer.Open("namespace Peers.MessageTypes");
        WriteMessage(writer, model);
        writer.Close().Line();
        writer.Open("namespace Peers");
        WriteExtensions(writer, model);
        return writer.Close().ToString();
    }

    private static void WriteMessage(SourceWriter writer, MessageModel model)
    {
        var (name, type) = (model.Shell.Name, model.Wrapped);
        writer.Write("/// <summary>A message around a type that is none itself.</summary>");
        writer.Write(Embedded);
        writer.Open($"internal readonly struct {name}({type} value) : global::Peers.IMessage<{name}>");
        writer.Write($$"""
            /// <summary>What it is around.</summary>
            public {{type}} Value => value;

            static string global::Peers.IMessage<{{name}}>.Type => {{TypeNames.Literal(model.WireName)}};

            static bool global::Peers.IMessage<{{name}}>.TryRead(ref global::Peers.MessageReader reader, out {{name}} message)
            {
                var isRead = TryReadValue(ref reader, out var value);
                message = new(value!);
                return isRead;
            }

            static void global::Peers.IMessage<{{name}}>.Write(ref global::Peers.MessageWriter writer, in {{name}} message) => WriteValue(ref writer, message.Value);

            /// <summary>What a hook returns later.</summary>
            public static async global::System.Threading.Tasks.ValueTask<{{name}}> From(global::System.Threading.Tasks.ValueTask<{{type}}> value) => new(await value);

            /// <summary>What a hook returns one after the other.</summary>
            public static async global::System.Collections.Generic.IAsyncEnumerable<{{name}}> From(global::System.Collections.Generic.IAsyncEnumerable<{{type}}> values, [global::System.Runtime.CompilerServices.EnumeratorCancellation] global::System.Threading.CancellationToken cancellation = default)
            {
                await foreach (var value in global::System.Threading.Tasks.TaskAsyncEnumerableExtensions.WithCancellation(values, cancellation)) yield return new(value);
            }

            """);
        WriteCodec(writer, model);
        writer.Close();
    }

    private static void WriteCodec(SourceWriter writer, MessageModel model)
    {
        var (type, maybe) = (model.Wrapped, model.IsValueType ? "" : "?");
        if (model.UsesObsolete) writer.Write(Obsolete.Mark);
        writer.Open($"private static bool TryReadValue(ref global::Peers.MessageReader reader, out {type}{maybe} message)");
        if (model.Body is null) writer.Write(MessageEmitter.Throw(model));
        else MessageReadEmitter.Write(writer, model, model.Body, "message", model.WireName, model.IsValueType);
        writer.Close().Line();

        if (model.UsesObsolete) writer.Write(Obsolete.Mark);
        writer.Open($"private static void WriteValue(ref global::Peers.MessageWriter writer, in {type} message)");
        if (model.Body is null) writer.Write(MessageEmitter.Throw(model));
        else
        {
            if (!model.IsValueType) writer.Write($"if (message is null) global::Peers.MessageWriter.ThrowNull({TypeNames.Literal(model.WireName)});");
            MessageWriteEmitter.Write(writer, model, model.Body, "message", model.WireName);
        }
        writer.Close();
        MessageCodecEmitter.Write(writer, model);
    }

    private static void WriteExtensions(SourceWriter writer, MessageModel model)
    {
        var (name, type) = (model.Shell.FullName, model.Wrapped);
        writer.Write(Embedded).Open($"internal static class {model.Shell.Name}Extensions");
        writer.Write($"""
            /// <summary>Sends to this peer.</summary>
            public static global::Peers.SendStatus Send(this global::Peers.Peer peer, in {type} message, bool compress = false) => peer.Send(new {name}(message), compress);

            /// <summary>Publishes to everyone in a channel but this peer.</summary>
            public static void Publish(this global::Peers.Peer peer, global::Peers.PeerChannel<{type}> channel, in {type} message, bool compress = false) => peer.Publish(channel.Name, new {name}(message), compress);

            /// <summary>Publishes to everyone in a channel but this peer.</summary>
            public static void Publish(this global::Peers.Peer peer, string channel, in {type} message, bool compress = false) => peer.Publish(channel, new {name}(message), compress);

            /// <summary>Publishes to everyone in a channel.</summary>
            public static void Publish(this global::Peers.PeerHost host, global::Peers.PeerChannel<{type}> channel, in {type} message, global::Peers.Peer? except = null, bool compress = false) => host.Publish(channel.Name, new {name}(message), except, compress);

            /// <summary>Publishes to everyone in a channel.</summary>
            public static void Publish(this global::Peers.PeerHost host, string channel, in {type} message, global::Peers.Peer? except = null, bool compress = false) => host.Publish(channel, new {name}(message), except, compress);
            """);
        writer.Close();
    }
}
