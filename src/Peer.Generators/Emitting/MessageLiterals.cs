using System.Globalization;
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

    /// <summary><c>"said"</c>, a string by itself.</summary>
    public static string Text(string text) => Utf8(Json(text));

    /// <summary>Any text.</summary>
    public static string Utf8(string text) => TypeNames.Literal(text) + "u8";

    // Escaped as JavaScriptEncoder.UnsafeRelaxedJsonEscaping does it.
    private static string Json(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var letter in text)
        {
            if (letter is '"' or '\\') json.Append('\\').Append(letter);
            else if (IsEscaped(letter)) json.Append("\\u").Append(((int)letter).ToString("X4", CultureInfo.InvariantCulture));
            else json.Append(letter);
        }

        return json.Append('"').ToString();
    }

    private static bool IsEscaped(char letter) => letter != ' ' && char.GetUnicodeCategory(letter)
        is UnicodeCategory.Control or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
