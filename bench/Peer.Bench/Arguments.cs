using System.Globalization;

namespace Peers.Bench;

/// <summary>A command line of words and <c>--name value</c> pairs.</summary>
internal sealed class Arguments(IReadOnlyList<string> words)
{
    public bool Has(string name) => words.Contains(name);

    public string Text(string name, string otherwise)
    {
        for (var i = 0; i + 1 < words.Count; i++)
        {
            if (words[i] == name) return words[i + 1];
        }

        return otherwise;
    }

    public int Number(string name, int otherwise) => int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    public double Fraction(string name, double otherwise) => double.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
