using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Peers.Tests;

/// <summary>Messages that one end sends, each in one fragment or several.</summary>
internal sealed record Talk(IReadOnlyList<TalkMessage> Messages)
{
    public IReadOnlyList<string> Events => [.. Messages.Select(message => message.ToString())];

    public override string ToString() => string.Join(", ", Messages);
}

/// <summary>One message.</summary>
internal sealed record TalkMessage(bool IsText, byte[][] Parts)
{
    public override string ToString() => Describe(IsText, [.. Parts.SelectMany(part => part)]);

    public static string Describe(bool isText, byte[] payload) => isText ? $"Text {Encoding.UTF8.GetString(payload)}" : $"Binary {Convert.ToHexString(payload)}";
}

/// <summary>Makes talks for properties.</summary>
internal static class Talks
{
    private static readonly string[] s_words = ["", "a", "hello", "žluťoučký kůň", "😀", new('x', 125), new('x', 126), new('€', 500), new('y', 65535), new('z', 65536)];

    public static Arbitrary<Talk> Any() =>
        (from count in Gen.Choose(0, 6)
         from messages in Message().ArrayOf(count)
         select new Talk(messages)).ToArbitrary();

    private static Gen<TalkMessage> Message() =>
        from isText in Gen.Elements(true, false)
        from words in Gen.Elements(s_words).ArrayOf(2)
        from parts in Gen.Choose(1, 4)
        from cuts in Gen.Choose(0, 140_000).ArrayOf(parts - 1)
        select new TalkMessage(isText, Cut(Encoding.UTF8.GetBytes(string.Concat(words)), cuts));

    // Anywhere, inside code points too.
    private static byte[][] Cut(byte[] payload, int[] cuts)
    {
        int[] ends = [.. cuts.Select(cut => cut % (payload.Length + 1)).Order(), payload.Length];
        return [.. ends.Select((end, i) => payload[(i == 0 ? 0 : ends[i - 1])..end])];
    }
}
