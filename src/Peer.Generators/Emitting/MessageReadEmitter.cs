namespace Peers.Generators;

/// <summary>Writes the body of a method that reads an object: first as we write it, then in any order.</summary>
internal static class MessageReadEmitter
{
    private const int BitsOfMask = 64;

    /// <summary>Writes the whole body.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="model">The message that the object is, or is part of.</param>
    /// <param name="body">The object's members.</param>
    /// <param name="target">The out parameter.</param>
    /// <param name="wireName">The value of <c>type</c>, or null where the object is no message.</param>
    /// <param name="isValueType">Whether it is a struct.</param>
    public static void Write(SourceWriter writer, MessageModel model, MessageObject body, string target, string? wireName, bool isValueType)
    {
        var members = Slots(body, wireName);
        WriteLocals(writer, members, target, wireName);
        WriteExpected(writer, model, body, members, wireName);
        WriteAnyOrder(writer, model, body, members, wireName);
        WriteCheck(writer, members, wireName);
        WriteConstruction(writer, model, body, members, target, isValueType);
        writer.Write("return true;");
    }

    /// <summary>The call that reads a value into a variable, as a condition.</summary>
    /// <param name="model">The message that the value is part of.</param>
    /// <param name="value">The value.</param>
    /// <param name="variable">The variable, or its declaration.</param>
    public static string Read(MessageModel model, MessageValue value, string variable)
    {
        var call = value.Codec.Length > 0 ? $"{model.CodecsPrefix}TryRead{value.Codec}(ref reader, out {variable})"
            : value.IsRawJson ? $"reader.TryReadJson(out {variable})"
            : MessageNumberEmitter.IsQuotedOnTheWire(value) ? MessageNumberEmitter.Read(value, variable)
            : $"reader.TryRead(out {variable})";
        return value.Null == MessageNull.Reference ? $"(reader.TryReadNull() || {call})" : call;
    }

    /// <summary>A variable of <see cref="MessageValue.LocalType"/> as what it stands for.</summary>
    public static string Finished(MessageValue value, string variable)
    {
        if (value.WireType.Length > 0) return $"({value.Type}){variable}";
        return value.IsReference && value.Null == MessageNull.No ? variable + "!" : variable;
    }

    // What is read, each with its place among the bits of what was seen; a message's type has the first.
    private static List<Slot> Slots(MessageObject body, string? wireName)
    {
        var slots = new List<Slot>();
        for (var i = 0; i < body.Members.Count; i++)
        {
            if (body.Members[i].IsRead) slots.Add(new(body.Members[i], i, slots.Count + (wireName is null ? 0 : 1)));
        }

        return slots;
    }

    private static void WriteLocals(SourceWriter writer, List<Slot> slots, string target, string? wireName)
    {
        writer.Write($"{target} = default;");
        foreach (var slot in slots)
        {
            var value = slot.Member.Value;
            writer.Write($"{value.LocalType} {slot.Member.Local} = {(value.IsReference ? "null" : "default")};");
        }

        var bits = BitCount(slots, wireName);
        for (var mask = 0; mask * BitsOfMask < bits; mask++) writer.Write($"ulong {MaskName(mask)} = 0;");
        writer.Line();
    }

    private static void WriteExpected(SourceWriter writer, MessageModel model, MessageObject body, List<Slot> slots, string? wireName)
    {
        var first = body.Members.Count > 0 ? body.Members[0] : null;
        if (wireName is null && first is not { IsRead: true, IsWritten: true, Omission: MessageOmission.Never })
        {
            writer.Write("if (!reader.TryReadObjectStart()) return false;").Line();
            return;
        }

        writer.Write("// The order in which we write.");
        if (wireName is not null)
        {
            writer.Open($"if (reader.TryOpenMessage({MessageLiterals.Start(wireName)}))");
            writer.Write($"{MaskName(0)} = {Bit(0)};");
        }
        else
        {
            writer.Open($"if (reader.TryOpen({MessageLiterals.FirstMember(first!.WireName)}))");
            writer.Write($"if (!{Read(model, first)}) return false;");
            writer.Write($"{MaskName(0)} = {Bit(0)};");
        }

        foreach (var slot in slots.Where(s => s.Member.IsWritten && (wireName is not null || s.Index > 0)))
        {
            writer.Open($"if (reader.TryTake({MessageLiterals.Member(slot.Member.WireName)}))");
            writer.Write($"if (!{Read(model, slot.Member)}) return false;");
            writer.Write($"{MaskName(slot.Bit / BitsOfMask)} |= {Bit(slot.Bit)};");
            writer.Close();
        }

        writer.Close();
        writer.Open("else if (!reader.TryReadObjectStart())").Write("return false;").Close().Line();
    }

    private static void WriteAnyOrder(SourceWriter writer, MessageModel model, MessageObject body, List<Slot> slots, string? wireName)
    {
        writer.Write("// What is left, in any order.");
        writer.Open("while (reader.TryReadName())");
        var otherwise = "";
        foreach (var slot in slots)
        {
            WriteCase(writer, otherwise, slot.Member.WireName, slot.Bit, Read(model, slot.Member));
            otherwise = "else ";
        }

        if (wireName is not null)
        {
            WriteCase(writer, otherwise, "type", 0, $"reader.TryReadType({MessageLiterals.Utf8(wireName)})");
            otherwise = "else ";
        }

        WriteUnknown(writer, body, otherwise, wireName);
        writer.Close().Line();
    }

    private static void WriteUnknown(SourceWriter writer, MessageObject body, string otherwise, string? wireName)
    {
        if (!body.RefusesUnknown)
        {
            writer.Open($"{otherwise}if (!reader.TrySkipMember())").Write("return false;").Close();
            return;
        }
        foreach (var name in body.Known.Where(name => wireName is null || name != "type"))
        {
            writer.Open($"{otherwise}if (reader.NameIs({MessageLiterals.Utf8(name)}))").Write("if (!reader.TrySkip()) return false;").Close();
            otherwise = "else ";
        }
        writer.Open($"{otherwise}if (!reader.TryReadProtocolMember())").Write("return false;").Close();
    }

    private static string Read(MessageModel model, MessageMember member)
    {
        var read = Read(model, member.Value, member.Local);
        return member.RefusesNull ? $"({read} && ({member.Local} is not null || reader.Fail(\"null was not expected.\")))" : read;
    }

    private static void WriteCase(SourceWriter writer, string otherwise, string name, int bit, string read)
    {
        writer.Open($"{otherwise}if (reader.NameIs({MessageLiterals.Utf8(name)}))");
        writer.Write($"if (!reader.TryMark(ref {MaskName(bit / BitsOfMask)}, {Bit(bit)}) || !{read}) return false;");
        writer.Close();
    }

    private static void WriteCheck(SourceWriter writer, List<Slot> slots, string? wireName)
    {
        var names = slots.Select(s => s.Member.WireName).ToList();
        if (wireName is not null) names.Insert(0, "type");

        var isChecked = false;
        for (var mask = 0; mask * BitsOfMask < names.Count; mask++)
        {
            var required = slots.Where(s => s.Member.IsRequired && s.Bit / BitsOfMask == mask).Aggregate(0ul, (bits, s) => bits | 1ul << s.Bit);
            if (mask == 0 && wireName is not null) required |= 1;
            if (required == 0) continue;

            var here = names.Skip(mask * BitsOfMask).Take(BitsOfMask).Select(n => n.Replace(',', ' '));
            writer.Write($"const ulong {RequiredName(mask)} = 0x{required:x};");
            writer.Write($"if (({MaskName(mask)} & {RequiredName(mask)}) != {RequiredName(mask)}) return reader.FailMissing({MaskName(mask)}, {RequiredName(mask)}, {TypeNames.Literal(string.Join(",", here))});");
            isChecked = true;
        }

        writer.Write("if (reader.HasFailed) return false;");
        if (isChecked) writer.Line();
    }

    private static void WriteConstruction(SourceWriter writer, MessageModel model, MessageObject body, List<Slot> slots, string target, bool isValueType)
    {
        var arguments = string.Join(", ", body.Arguments.Select(a => Argument(body, slots, a)));
        var initialized = body.Initialized.Select(i => $"{body.Members[i].Property} = {Finished(body.Members[i].Value, body.Members[i].Local)}").ToList();
        var initializer = initialized.Count == 0 ? "" : $" {{ {string.Join(", ", initialized)} }}";
        writer.Write($"{target} = new({arguments}){initializer};");

        foreach (var slot in slots)
        {
            var member = slot.Member;
            var value = Finished(member.Value, member.Local);
            var assignment = member.Assignment switch
            {
                MessageAssignment.Set => $"{target}.{member.Property} = {value};",
                MessageAssignment.With => $"{target} = {target} with {{ {member.Property} = {value} }};",
                MessageAssignment.Accessor => $"{SetterPrefix(model, member)}{member.Setter}({target}, {value});",
                _ => "",
            };
            if (assignment.Length > 0) writer.Write($"if ({IsSeen(slot)}) {assignment}");
        }
    }

    private static string SetterPrefix(MessageModel model, MessageMember member) =>
        member.Setter.StartsWith("global::", StringComparison.Ordinal) ? "" : model.CodecsPrefix;

    private static string Argument(MessageObject body, List<Slot> slots, MessageArgument argument)
    {
        if (argument.Member < 0) return argument.Default;

        var member = body.Members[argument.Member];
        var value = Finished(member.Value, member.Local);
        return argument.Default.Length == 0 ? value : $"{IsSeen(slots.Find(s => s.Index == argument.Member)!)} ? {value} : {argument.Default}";
    }

    private static string IsSeen(Slot slot) => $"({MaskName(slot.Bit / BitsOfMask)} & {Bit(slot.Bit)}) != 0";

    private static int BitCount(List<Slot> slots, string? wireName) => slots.Count + (wireName is null ? 0 : 1);

    private static string MaskName(int mask) => mask == 0 ? "seen" : "seen" + (mask + 1);

    private static string RequiredName(int mask) => mask == 0 ? "Required" : "Required" + (mask + 1);

    private static string Bit(int bit) => $"0x{1ul << bit:x}";

    /// <summary>A member that is read.</summary>
    /// <param name="Member">The member.</param>
    /// <param name="Index">Its place among the object's members.</param>
    /// <param name="Bit">Its bit among those of what was seen.</param>
    private sealed record Slot(MessageMember Member, int Index, int Bit);
}
