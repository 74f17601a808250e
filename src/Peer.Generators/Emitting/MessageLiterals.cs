using System.Text;

namespace Peers.Generators;

/// <summary>The constant parts of a message's JSON, as C# literals of UTF-8.</summary>
internal static class MessageLiterals
{
    /// <summary><c>{"type":"said"</c></summary>
    public static string Start(string wireName) => Utf8($"{{\"type\":{Json(wireName)}");

    /// <summary><c>{"text":</c></summary>
    public static string FirstMember(string name) => Utf8($"{{{Json(name)}:");

    /// <summary><c>,"text":</c></summary>
    public static string Member(string name) => Utf8($",{Json(name)}:");

    /// <summary><c>,"text":null</c></summary>
    public static string NullMember(string name) => Utf8($",{Json(name)}:null");

    /// <summary>Any text.</summary>
    public static string Utf8(string text) => TypeNames.Literal(text) + "u8";

    private static string Json(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var letter in text)
        {
            if (letter is '"' or '\\') json.Append('\\').Append(letter);
            else if (letter < ' ') json.Append("\\u").Append(((int)letter).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
            else json.Append(letter);
        }

        return json.Append('"').ToString();
    }
}
