using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Peers.Tests.WebSockets;

/// <summary>A valid stream of frames and what it means: messages whole and fragmented, with control frames among and inside them.</summary>
internal sealed record Conversation(byte[] Stream, IReadOnlyList<string> Events)
{
    public override string ToString() => $"{Convert.ToHexString(Stream)} means [{string.Join(", ", Events)}]";
}

/// <summary>Makes conversations for properties.</summary>
internal static class Conversations
{
    private static readonly string[] s_words = ["", "a", "hello", "é", "€uro", "😀", "\uFFFE", "žluťoučký kůň", new('x', 126), new('é', 70), new('€', 500)];

    public static Arbitrary<Conversation> Any() => Steps().Select(Join).ToArbitrary();

    private static Gen<Conversation[]> Steps() =>
        from count in Gen.Choose(0, 8)
        from steps in Gen.OneOf(Control(), Message(isText: true), Message(isText: false)).ArrayOf(count)
        select steps;

    private static Gen<Conversation> Control() =>
        from isPing in Gen.Elements(true, false)
        from word in Gen.Elements("", "p", "żółw", new string('c', 125))
        select isPing ? new Conversation(Wire.Ping(word), [$"Ping {word}"]) : new Conversation(Wire.Pong(word), [$"Pong {word}"]);

    private static Gen<Conversation> Message(bool isText) =>
        from words in Gen.Elements(s_words).ArrayOf(3)
        from cuts in Gen.Choose(0, 2000).ArrayOf(4)
        from parts in Gen.Choose(1, 5)
        from inside in Control().ArrayOf(parts - 1)
        select Fragmented(isText, Encoding.UTF8.GetBytes(string.Concat(words)), [.. cuts.Take(parts - 1)], inside);

    // Cut anywhere, inside code points too, with a control frame in every gap.
    private static Conversation Fragmented(bool isText, byte[] payload, int[] cuts, Conversation[] inside)
    {
        int[] ends = [.. cuts.Select(cut => cut % (payload.Length + 1)).Order(), payload.Length];
        List<byte> stream = [];
        int start = 0;
        for (int part = 0; part < ends.Length; part++)
        {
            int opcode = part > 0 ? 0 : isText ? 1 : 2;
            stream.AddRange(Wire.Frame(opcode, payload[start..ends[part]], fin: part == ends.Length - 1));
            if (part < inside.Length) stream.AddRange(inside[part].Stream);
            start = ends[part];
        }
        string message = isText ? $"Text {Encoding.UTF8.GetString(payload)}" : $"Binary {Convert.ToHexString(payload)}";
        return new([.. stream], [.. inside.SelectMany(control => control.Events), message]);
    }

    private static Conversation Join(Conversation[] steps) =>
        new(Wire.Join([.. steps.Select(step => step.Stream)]), [.. steps.SelectMany(step => step.Events)]);
}
