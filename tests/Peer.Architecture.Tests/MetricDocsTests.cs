using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace Peers.Tests;

/// <summary>The tables of docs/metrics.md say what the meter and the code say.</summary>
public sealed partial class MetricDocsTests
{
    private static readonly string s_page = Repository.Read("docs/metrics.md");

    [Fact]
    public void The_table_lists_every_instrument_with_kind_and_unit()
    {
        var rows = InstrumentRow().Matches(s_page).Select(row => $"{row.Groups["name"]}: {row.Groups["kind"]}, {row.Groups["unit"]}");

        Assert.Equal(Instruments(), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_lists_every_tag()
    {
        var inCode = Tag().Matches(Repository.Read("src/Peer.Runtime/Observability/MetricTags.cs")).Select(tag => tag.Groups[1].Value).ToHashSet();
        var inDocs = InstrumentRow().Matches(s_page).SelectMany(row => Quoted().Matches(row.Groups["tags"].Value)).Select(tag => tag.Groups[1].Value).ToHashSet();

        Assert.Equal(inCode.Order(StringComparer.Ordinal), inDocs.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_lists_every_outcome_of_a_handshake()
    {
        var code = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/Peer.AspNetCore"), "*.cs").Select(File.ReadAllText));
        var inCode = Outcome().Matches(code).Select(outcome => outcome.Groups[1].Value).ToHashSet();
        var table = s_page[s_page.IndexOf("| outcome |", StringComparison.Ordinal)..];
        var inDocs = FirstCell().Matches(table).Select(cell => cell.Groups[1].Value);

        Assert.Equal(inCode.Order(StringComparer.Ordinal), inDocs.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Instruments()
    {
        var found = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Peers") found.Add($"{instrument.Name}: {KindOf(instrument)}, {instrument.Unit}");
            },
        };
        using var host = new PeerHost();
        using var loops = new EventLoopMetrics(factory: null);
        listener.Start();
        return found.Distinct().Order(StringComparer.Ordinal);
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> or ObservableCounter<long> => "counter",
        UpDownCounter<long> or ObservableUpDownCounter<long> => "up-down counter",
        Histogram<long> or Histogram<double> => "histogram",
        _ => instrument.GetType().Name,
    };

    [GeneratedRegex(@"^\| `(?<name>peer\.[\w.]+)` \| (?<kind>[^|]+) \| `(?<unit>[^|]+)` \| (?<tags>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(@"const string \w+ = ""([a-z][a-z._]+)"";")]
    private static partial Regex Tag();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?:Kind = |Kind \{ get; init; \} = |HandshakeEnded\()""(\w+)""")]
    private static partial Regex Outcome();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex FirstCell();
}
