using System.Globalization;
using System.Text;

namespace Peers.Bench.Report;

/// <summary>A table in Markdown.</summary>
internal sealed class Table(string title, params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public static string Number(double value, int decimals = 0) => value.ToString("N" + decimals, CultureInfo.InvariantCulture);

    public override string ToString()
    {
        var text = new StringBuilder($"### {title}\n\n");
        Line(text, columns);
        Line(text, [.. columns.Select((_, i) => i == 0 ? "---" : "---:")]);
        foreach (var row in _rows) Line(text, row);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
