namespace Peers.Generators;

/// <summary>Writes the file of a type that stands for several messages.</summary>
internal static class MessageUnionEmitter
{
    public static string Emit(MessageUnionModel model)
    {
        var name = model.Shell.FullName;
        var writer = new SourceWriter();
        writer.Open(model.Shell, $"global::Peers.IMessageUnion<{name}>", model.Cases.Count > 0 ? "using System;" : "");
        writer.Write($"static string global::Peers.IMessage<{name}>.Type => {TypeNames.Literal(model.WireName)};").Line();
        WriteHolds(writer, model);
        writer.Line();
        WriteReader(writer, model);
        writer.Line();
        WriteWriter(writer, model);
        return writer.Close(model.Shell).ToString();
    }

    private static void WriteHolds(SourceWriter writer, MessageUnionModel model)
    {
        writer.Open($"static bool global::Peers.IMessageUnion<{model.Shell.FullName}>.Holds(global::System.ReadOnlySpan<byte> type)");
        foreach (var @case in model.Cases) writer.Write($"if ({IsType(@case)}) return true;");
        writer.Write("return false;").Close();
    }

    private static void WriteReader(SourceWriter writer, MessageUnionModel model)
    {
        var name = model.Shell.FullName;
        writer.Open($"static bool global::Peers.IMessage<{name}>.TryRead(ref global::Peers.MessageReader reader, [global::System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out {name} message)");
        if (model.Cases.Count > 0) writer.Write("var type = reader.PeekType();");
        foreach (var @case in model.Cases) writer.Write($"if ({IsType(@case)}) return reader.TryReadMessage<{@case.Type}, {name}>(out message);");
        if (model.Cases.Count > 0) writer.Line();
        writer.Write("message = default;").Write("return reader.FailType();").Close();
    }

    private static void WriteWriter(SourceWriter writer, MessageUnionModel model)
    {
        var name = model.Shell.FullName;
        writer.Open($"static void global::Peers.IMessage<{name}>.Write(ref global::Peers.MessageWriter writer, in {name} message)");
        writer.Open("switch (message)");
        foreach (var @case in model.Cases)
        {
            writer.Open($"case {@case.Type} held:").Write("writer.WriteMessage(in held);").Write("break;").Close();
        }
        writer.Open("default:").Write($"global::Peers.MessageWriter.ThrowNotHeld(message, {TypeNames.Literal(model.Shell.Name)});").Write("break;").Close();
        writer.Close().Close();
    }

    private static string IsType(MessageCase @case) => $"type.SequenceEqual({MessageLiterals.Utf8(@case.WireName)})";
}
