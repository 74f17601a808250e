using System.Globalization;

namespace Peers.Bench.Report;

/// <summary>The numbers that scripts read: lines <c>figure NAME VALUE UNIT</c>.</summary>
internal sealed class Figures
{
    private readonly List<string> _lines = [];

    public void Add(string name, double value, string unit) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"figure {name} {Math.Round(value, 3)} {unit}"));

    public void Ratio(string name, double value) => Add(name, value, "x");

    public override string ToString() => string.Join('\n', _lines);
}
