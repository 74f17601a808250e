using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Peers.Tests;

/// <summary>Writes a JSON text in another way that means the same: members in another order, unknown ones among them, white space, escapes.</summary>
internal static class Shuffle
{
    public static string Members(string json, int seed)
    {
        var text = new StringBuilder();
        Write(text, JsonNode.Parse(json), new Random(seed), isMessage: true);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, Random random, bool isMessage)
    {
        Space(text, random);
        if (node is JsonObject members) WriteObject(text, members, random, isMessage);
        else if (node is JsonArray items) WriteList(text, '[', ']', items, random, item => Write(text, item, random, false));
        else text.Append(node?.ToJsonString(Oracle.Options) ?? "null");
        Space(text, random);
    }

    private static void WriteObject(StringBuilder text, JsonObject members, Random random, bool isMessage)
    {
        var shuffled = members.Select(m => (m.Key, m.Value)).ToList();

        // What the oracle skips, too; elsewhere it may be a dictionary's.
        if (isMessage) shuffled.Add(("an unknown one", JsonNode.Parse("""{"a":[1,-2.5e3,"\"\\\u00e9",null,{}],"b":[[]]}""")));
        var order = shuffled.ToArray();
        random.Shuffle(order);
        WriteList(text, '{', '}', order, random, member =>
        {
            Space(text, random);
            text.Append(Name(member.Key, random));
            Space(text, random);
            text.Append(':');
            Write(text, member.Value, random, false);
        });
    }

    private static void WriteList<T>(StringBuilder text, char open, char close, IEnumerable<T> items, Random random, Action<T> write)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst) text.Append(',');
            isFirst = false;
            write(item);
        }

        Space(text, random);
        text.Append(close);
    }

    private static string Name(string name, Random random) =>
        random.Next(5) == 0 ? $"\"{string.Concat(name.Select(letter => $"\\u{(int)letter:x4}"))}\"" : JsonSerializer.Serialize(name, Oracle.Options);

    private static void Space(StringBuilder text, Random random)
    {
        for (var i = random.Next(6) - 3; i > 0; i--) text.Append(" \t\r\n"[random.Next(4)]);
    }
}
