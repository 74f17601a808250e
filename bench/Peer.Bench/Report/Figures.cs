using System.Globalization;

namespace Peers.Bench.Report;

/// <summary>The numbers that scripts read: lines <c>figure NAME VALUE UNIT</c>.</summary>
internal sealed class Figures
{
    /// <summary>What each line begins with.</summary>
    public const string Mark = "figure ";

    private readonly List<string> _lines = [];

    public void Add(string name, double value, string unit) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Mark}{name} {Math.Round(value, 3)} {unit}"));

    public void Ratio(string name, double value) => Add(name, value, "x");

    /// <summary>Takes over what another process found.</summary>
    public void AddLines(IEnumerable<string> lines) => _lines.AddRange(lines);

    public override string ToString() => string.Join('\n', _lines);
}
