namespace Peers.Generators;

/// <summary>Writes the codecs that lean on System.Text.Json: enums by the names of their values, and types with converters.</summary>
internal static class MessageConverterEmitter
{
    private const int MaxListed = 20;

    /// <summary>Writes the reader and writer of an enum by name.</summary>
    public static void WriteEnum(SourceWriter writer, MessageCodec codec)
    {
        writer.Open($"public static bool TryRead{codec.Name}(ref global::Peers.MessageReader reader, out {codec.Type} value)");
        var otherwise = "";
        foreach (var name in codec.Names)
        {
            writer.Write($"{otherwise}if (reader.TryTake({MessageLiterals.Text(name.WireName)})) value = {name.Value};");
            otherwise = "else ";
        }
        writer.Write($"{otherwise}return reader.TryReadEnum(out value, {TypeNames.Literal(Expected(codec.Names))});");
        if (codec.Names.Count > 0) writer.Write("return true;");
        writer.Close().Line();

        writer.Open($"public static void Write{codec.Name}(ref global::Peers.MessageWriter writer, {codec.Type} value)");
        writer.Open("switch (value)");
        foreach (var name in codec.Names.Where(n => n.IsWritten))
        {
            writer.Open($"case {name.Value}:").Write($"writer.WriteRaw({MessageLiterals.Text(name.WireName)});").Write("break;").Close();
        }
        writer.Open("default:").Write("writer.WriteEnum(value);").Write("break;").Close();
        writer.Close().Close();
    }

    // Read in a log, or while a client is debugged: its length is limited.
    private static string Expected(EquatableArray<MessageEnumName> names)
    {
        var listed = names.Take(MaxListed).Select(n => $"'{n.WireName}'").ToArray();
        if (listed.Length == 0) return "A value of an enum was expected.";
        if (names.Count > MaxListed) return $"{string.Join(", ", listed)} or one of {names.Count - MaxListed} others was expected.";

        return listed.Length == 1 ? $"{listed[0]} was expected." : $"{string.Join(", ", listed.Take(listed.Length - 1))} or {listed[listed.Length - 1]} was expected.";
    }

    /// <summary>Writes the reader and writer of what has a converter.</summary>
    public static void WriteConverter(SourceWriter writer, MessageCodec codec)
    {
        var canBeNull = codec.Kind == MessageCodecKind.NullableConverter;
        var type = codec.IsReference ? codec.Type + "?" : codec.Type;
        var converter = $"s_{codec.Name}";
        writer.Write($"private static readonly global::System.Text.Json.Serialization.JsonConverter<{codec.Type}> {converter} = {codec.Result};").Line();

        var notNull = codec.IsReference && !canBeNull ? "[global::System.Diagnostics.CodeAnalysis.NotNullWhen(true)] " : "";
        var orNull = notNull.Length == 0 ? "" : " && (value is not null || reader.Fail(\"null was not expected.\"))";
        writer.Write($"public static bool TryRead{codec.Name}(ref global::Peers.MessageReader reader, {notNull}out {type} value) =>").Indent();
        writer.Write($"reader.TryRead({converter}, {codec.Options}, out value){orNull};").Outdent().Line();

        writer.Open($"public static void Write{codec.Name}(ref global::Peers.MessageWriter writer, {(canBeNull ? type : codec.Type)} value)");
        if (notNull.Length > 0) writer.Write($"if (value is null) global::Peers.MessageWriter.ThrowNull({TypeNames.Literal(codec.ShortName)});");
        writer.Write($"writer.Write(value{(canBeNull ? "!" : "")}, {converter}, {codec.Options}, {TypeNames.Literal(codec.ShortName)});").Close();
    }
}
