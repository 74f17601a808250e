namespace Peers.Generators;

/// <summary>Writes the body of a method that writes an object: what is constant as whole literals, the values between them.</summary>
internal static class MessageWriteEmitter
{
    // What MessageWriter writes together with the literal before it.
    private static readonly HashSet<string> s_together = new(StringComparer.Ordinal)
    {
        "bool", "byte", "sbyte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double", "string",
        "global::System.Guid", "global::System.DateTime", "global::System.DateTimeOffset",
    };

    /// <summary>Writes the whole body.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="model">The message that the object is, or is part of.</param>
    /// <param name="body">The object's members.</param>
    /// <param name="source">The parameter that holds the object.</param>
    /// <param name="wireName">The value of <c>type</c>, or null where the object is no message.</param>
    public static void Write(SourceWriter writer, MessageModel model, MessageObject body, string source, string? wireName)
    {
        // Whether a member has certainly been written before: only then is its comma certain.
        var isBehindAnother = wireName is not null;
        if (wireName is not null) writer.Write($"writer.BeginMessage({MessageLiterals.Start(wireName)});");

        var members = body.Members.Where(m => m.IsWritten).ToList();
        if (wireName is null && (members.Count == 0 || members[0].Omission != MessageOmission.Never)) writer.Write("writer.BeginObject(\"{\"u8);");
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            var isOpening = wireName is null && i == 0 && member.Omission == MessageOmission.Never;
            if (isBehindAnother && member.Omission == MessageOmission.Never && IsTogether(member.Written))
            {
                WriteTogether(writer, member, source);
                continue;
            }

            var start = isOpening ? $"writer.BeginObject({MessageLiterals.FirstMember(member.WireName)});"
                : isBehindAnother ? $"writer.WriteRaw({MessageLiterals.Member(member.WireName)});"
                : $"writer.WriteMember({MessageLiterals.Member(member.WireName)});";
            WriteMember(writer, model, member, source, start);
            isBehindAnother |= member.Omission == MessageOmission.Never;
        }

        writer.Write("writer.EndObject();");
    }

    /// <summary>The statement that writes a value which is not null.</summary>
    public static string WritePresent(MessageModel model, MessageValue value, string expression)
    {
        if (value.WireType.Length > 0) return $"writer.Write(({value.WireType}){expression});";
        if (value.Codec.Length > 0) return $"{model.CodecsPrefix}Write{value.Codec}(ref writer, {expression});";
        return value.IsRawJson ? $"writer.WriteJson({expression});" : MessageNumberEmitter.Write(value, expression);
    }

    /// <summary>The statement that writes a value.</summary>
    public static string WriteValue(MessageModel model, MessageValue value, string expression, string local)
    {
        if (value.Null is MessageNull.No or MessageNull.Converted) return WritePresent(model, value, expression);
        return $"if ({expression} is {{ }} {local}) {WriteInner(model, value, local)} else writer.WriteNull();";
    }

    // A Nullable's value is written as what it holds.
    private static string WriteInner(MessageModel model, MessageValue value, string expression)
    {
        if (value.Null != MessageNull.Value) return WritePresent(model, value, expression);

        var item = model.Codecs.First(c => c.Name == value.Codec).Item!;
        return WritePresent(model, item, expression);
    }

    private static bool IsTogether(MessageValue value) =>
        value is { Codec.Length: 0, Numbers: MessageNumbers.Plain, IsRawJson: false } && s_together.Contains(value.WireType.Length > 0 ? value.WireType : value.Type);

    // The comma, the name and the value in one step.
    private static void WriteTogether(SourceWriter writer, MessageMember member, string source)
    {
        var (start, cast, expression) = (MessageLiterals.Member(member.WireName), CastOf(member.Written), $"{source}.{member.Property}");
        if (member.Written.Null == MessageNull.No) writer.Write($"writer.Write({start}, {cast}{expression});");
        else writer.Write($"if ({expression} is {{ }} {member.Local}) writer.Write({start}, {member.Local}); else writer.WriteRaw({MessageLiterals.NullMember(member.WireName)});");
    }

    private static string CastOf(MessageValue value) => value.WireType.Length > 0 ? $"({value.WireType})" : "";

    private static void WriteMember(SourceWriter writer, MessageModel model, MessageMember member, string source, string start)
    {
        var expression = $"{source}.{member.Property}";
        switch (member.Omission)
        {
            case MessageOmission.WhenNull:
                writer.Open($"if ({expression} is {{ }} {member.Local})").Write(start).Write(WriteInner(model, member.Written, member.Local)).Close();
                break;
            case MessageOmission.WhenDefault:
                writer.Open($"if (!global::System.Collections.Generic.EqualityComparer<{member.Written.Type}>.Default.Equals({expression}, default))");
                writer.Write(start).Write(WritePresent(model, member.Written, expression)).Close();
                break;
            default:
                writer.Write(start).Write(WriteValue(model, member.Written, expression, member.Local));
                break;
        }
    }
}
