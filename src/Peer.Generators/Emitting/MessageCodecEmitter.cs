namespace Peers.Generators;

/// <summary>Writes the nested class that reads and writes what the runtime does not: collections, dictionaries, nullables, other objects.</summary>
internal static class MessageCodecEmitter
{
    public static void Write(SourceWriter writer, MessageModel model)
    {
        var codecs = model.Codecs.Where(c => !IsApart(c)).ToArray();
        if (codecs.Length == 0) return;

        writer.Line();
        if (model.UsesObsolete) writer.Write(Obsolete.Mark);
        writer.Open($"private static class {model.CodecsName}");
        foreach (var codec in codecs)
        {
            if (codec != codecs[0]) writer.Line();
            WriteCodec(writer, model with { CodecsName = "" }, codec);
        }
        writer.Close();
    }

    /// <summary>Writes what belongs to the message and cannot stand inside it.</summary>
    public static void WriteApart(SourceWriter writer, MessageModel model)
    {
        foreach (var codec in model.Codecs.Where(IsApart))
        {
            writer.Line();
            if (model.UsesObsolete) writer.Write(Obsolete.Mark);
            WriteGenericSetter(writer, codec, codec.Setter!, "file");
        }
    }

    private static bool IsApart(MessageCodec codec) => codec.Setter is { IsApart: true };

    private static void WriteCodec(SourceWriter writer, MessageModel model, MessageCodec codec)
    {
        switch (codec.Kind)
        {
            case MessageCodecKind.Nullable:
                WriteNullableReader(writer, model, codec);
                break;
            case MessageCodecKind.Setter:
                WriteSetter(writer, codec);
                break;
            case MessageCodecKind.Union:
                WriteUnion(writer, codec);
                break;
            case MessageCodecKind.Enum:
                MessageConverterEmitter.WriteEnum(writer, codec);
                break;
            case MessageCodecKind.Converter or MessageCodecKind.NullableConverter:
                MessageConverterEmitter.WriteConverter(writer, codec);
                break;
            default:
                WriteReader(writer, model, codec);
                writer.Line();
                WriteWriter(writer, model, codec);
                break;
        }
    }

    private static void WriteReader(SourceWriter writer, MessageModel model, MessageCodec codec)
    {
        OpenReader(writer, codec);
        if (codec.Body is { } body) MessageReadEmitter.Write(writer, model, body, "value", wireName: null, !codec.IsReference);
        else if (codec.Kind == MessageCodecKind.Dictionary) WriteDictionaryReader(writer, model, codec, codec.Item!);
        else WriteCollectionReader(writer, model, codec, codec.Item!);
        writer.Close();
    }

    private static void WriteWriter(SourceWriter writer, MessageModel model, MessageCodec codec)
    {
        var parameter = codec.IsReference || codec.Kind != MessageCodecKind.Object ? codec.Type : "in " + codec.Type;
        writer.Open($"public static void Write{codec.Name}(ref global::Peers.MessageWriter writer, {parameter} value)");
        if (IsNullPossible(codec, out var isNull)) writer.Write($"if ({isNull}) global::Peers.MessageWriter.ThrowNull({TypeNames.Literal(codec.ShortName)});");

        if (codec.Body is { } body) MessageWriteEmitter.Write(writer, model, body, "value", wireName: null);
        else if (codec.Kind == MessageCodecKind.Dictionary) WriteDictionaryWriter(writer, model, codec.Item!);
        else WriteCollectionWriter(writer, model, codec.Item!);
        writer.Close();
    }

    private static bool IsNullPossible(MessageCodec codec, out string isNull)
    {
        isNull = codec.IsReference ? "value is null" : "value.IsDefault";
        return codec.IsReference || codec.Kind == MessageCodecKind.Collection;
    }

    private static void OpenReader(SourceWriter writer, MessageCodec codec)
    {
        var parameter = codec.IsReference
            ? $"[global::System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out {codec.Type}? value"
            : $"out {codec.Type} value";
        writer.Open($"public static bool TryRead{codec.Name}(ref global::Peers.MessageReader reader, {parameter})");
    }

    private static void WriteNullableReader(SourceWriter writer, MessageModel model, MessageCodec codec)
    {
        var item = codec.Item!;
        OpenReader(writer, codec);
        writer.Write($"""
            value = null;
            if (reader.TryReadNull()) return true;
            if (!{MessageReadEmitter.Read(model, item, $"{item.LocalType} item")}) return false;

            value = {Finished(item)};
            return true;
            """);
        writer.Close();
    }

    private static void WriteCollectionReader(SourceWriter writer, MessageModel model, MessageCodec codec, MessageValue item)
    {
        writer.Write($"""
            value = default;
            if (!reader.TryReadArrayStart()) return false;

            var items = new global::Peers.MessageItems<{item.FullType}>();
            """);
        writer.Open("while (reader.TryReadItem())");
        WriteItemRead(writer, model, item);
        writer.Write($"items.Add({Finished(item)});").Close();
        writer.Write($"""
            if (reader.HasFailed) return false;

            value = {codec.Result};
            return true;
            """);
    }

    private static void WriteDictionaryReader(SourceWriter writer, MessageModel model, MessageCodec codec, MessageValue item)
    {
        writer.Write($"""
            value = default;
            if (!reader.TryReadObjectStart()) return false;

            var items = new global::System.Collections.Generic.Dictionary<string, {item.FullType}>();
            """);
        writer.Open("while (reader.TryReadName())").Write("var key = reader.ReadKey();");
        WriteItemRead(writer, model, item);
        writer.Write($"if (!items.TryAdd(key, {Finished(item)})) return reader.FailDuplicate();").Close();
        writer.Write($"""
            if (reader.HasFailed) return false;

            value = {codec.Result};
            return true;
            """);
    }

    private static string Finished(MessageValue item) => item.WireType.Length > 0 ? $"({item.Type})item" : "item";

    private static void WriteItemRead(SourceWriter writer, MessageModel model, MessageValue item)
    {
        var isNullable = item.Null == MessageNull.Reference;
        if (isNullable) writer.Write($"{item.LocalType} item = null;");
        writer.Write($"if (!{MessageReadEmitter.Read(model, item, isNullable ? "item" : $"{item.LocalType} item")}) return false;");
    }

    private static void WriteCollectionWriter(SourceWriter writer, MessageModel model, MessageValue item)
    {
        writer.Write("writer.BeginArray();").Open("foreach (var item in value)");
        writer.Write("writer.NextItem();").Write(MessageWriteEmitter.WriteValue(model, item, "item", "present")).Close();
        writer.Write("writer.EndArray();");
    }

    private static void WriteDictionaryWriter(SourceWriter writer, MessageModel model, MessageValue item)
    {
        writer.Write("writer.BeginObject(\"{\"u8);").Open("foreach (var (key, item) in value)");
        writer.Write("writer.WriteName(key);").Write(MessageWriteEmitter.WriteValue(model, item, "item", "present")).Close();
        writer.Write("writer.EndObject();");
    }

    private static void WriteUnion(SourceWriter writer, MessageCodec codec)
    {
        OpenReader(writer, codec);
        writer.Write("return reader.TryReadMessage(out value);").Close().Line();
        writer.Open($"public static void Write{codec.Name}(ref global::Peers.MessageWriter writer, {codec.Type} value)");
        writer.Write("writer.WriteMessage(in value);").Close();
    }

    private static void WriteSetter(SourceWriter writer, MessageCodec codec)
    {
        if (codec.Setter is { } setter) WriteGenericSetter(writer, codec, setter, "public");
        else WriteAccessor(writer, codec, codec.Name, codec.Type, codec.Item!.FullType);
    }

    private static void WriteGenericSetter(SourceWriter writer, MessageCodec codec, MessageSetter setter, string modifier)
    {
        writer.Write($"{modifier} static class {codec.Name}{setter.TypeParameters}");
        if (setter.Constraints.Count > 0) writer.Indent().Write(string.Join("\n", setter.Constraints)).Outdent();
        writer.Open("");
        WriteAccessor(writer, codec, "Set", setter.Target, setter.Value);
        writer.Close();
    }

    private static void WriteAccessor(SourceWriter writer, MessageCodec codec, string name, string target, string value) => writer.Write($"""
        [global::System.Runtime.CompilerServices.UnsafeAccessor(global::System.Runtime.CompilerServices.UnsafeAccessorKind.Method, Name = {TypeNames.Literal(codec.Result)})]
        public static extern void {name}({target} target, {value} value);
        """);
}
