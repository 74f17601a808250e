namespace Peers.Generators;

/// <summary>Says whether two templates can give one name.</summary>
/// <remarks>A value is percent-encoded, so a parameter stands for any run of unreserved characters and percent signs, the empty run too.</remarks>
internal static class TemplateOverlap
{
    private const char Parameter = '\0';

    public static bool CanMeet(string first, string second)
    {
        var (a, b) = (Flatten(first), Flatten(second));

        // meets[j] says whether the first i characters of a and the first j of b can be one text.
        var meets = new bool[b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            var next = new bool[b.Length + 1];
            for (var j = 0; j <= b.Length; j++) next[j] = Meets(a, b, i, j, meets, next);
            meets = next;
        }
        return meets[b.Length];
    }

    private static bool Meets(string a, string b, int i, int j, bool[] above, bool[] row)
    {
        if (i == 0 && j == 0) return true;

        // The last piece of one side is an empty parameter, or a parameter takes in one more piece of the other side.
        var last = (A: i > 0 ? a[i - 1] : '/', B: j > 0 ? b[j - 1] : '/');
        if (i > 0 && last.A == Parameter && (above[j] || (j > 0 && IsInValue(last.B) && row[j - 1]))) return true;
        if (j > 0 && last.B == Parameter && (row[j - 1] || (i > 0 && IsInValue(last.A) && above[j]))) return true;
        return i > 0 && j > 0 && last.A == last.B && above[j - 1];
    }

    private static bool IsInValue(char c) => c is Parameter or '-' or '_' or '.' or '~' or '%' || (c < 128 && char.IsLetterOrDigit(c));

    private static string Flatten(string template) => Template.ReplaceParameters(template, Parameter);
}
