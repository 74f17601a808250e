using Peers.Bench.InProcess;
using Peers.Bench.Report;

namespace Peers.Bench.Codec;

/// <summary>Generated messages against System.Text.Json's source-generated context, in this process.</summary>
internal static class CodecRaces
{
    private const int Batches = 201;
    private const int FewBatches = 41;

    /// <summary>Prints the tables as they come and returns them.</summary>
    /// <param name="compiler">What compiled this process.</param>
    /// <param name="prefix">What the figures' names begin with: <c>PREFIX.write.ratio</c> and so on are medians over small, medium and large.</param>
    /// <param name="isQuick">Whether a first look is enough.</param>
    /// <param name="only">The only message that is measured, or <c>kinds</c> for one of each kind of value; null for all sizes.</param>
    /// <param name="figures">Where the figures go; <c>PREFIX.bytes</c> is what all three ways take for the message without strings.</param>
    public static string Run(string compiler, string prefix, bool isQuick, string? only, Figures figures)
    {
        var batches = isQuick ? FewBatches : Batches;
        var bytesOfNumbers = 0.0;
        var tables = string.Join('\n', new[]
        {
            Measure("write", "Write", codec => Race.Run(codec.Write, codec.JsonWrite, batches)),
            Measure("read", "Read, members in the order in which we write", codec => Race.Run(times => codec.Read(codec.Wire.Written, times), times => codec.JsonRead(codec.Wire.Written, times), batches)),
            Measure("read.any-order", "Read, members in the opposite order", codec => Race.Run(times => codec.Read(codec.Wire.Reversed, times), times => codec.JsonRead(codec.Wire.Reversed, times), batches)),
        });
        if (only is null) figures.Add($"{prefix}.bytes", bytesOfNumbers, "B");
        return tables;

        string Measure(string name, string title, Func<Codecs, Race> run)
        {
            var table = new Table($"{title}: {compiler}", "message", "bytes", "Peer ns", "System.Text.Json ns", "times as fast", "Peer allocates B", "System.Text.Json allocates B");
            var ratios = new List<double>();
            foreach (var codec in Wanted(only))
            {
                var race = run(codec);
                table.Add(Row(codec, race));
                figures.Ratio($"{prefix}.{name}.{codec.Name}.ratio", race.Ratio);
                figures.Add($"{prefix}.{name}.{codec.Name}.bytes", race.OurBytes, "B");
                if (codec.HasStrings) ratios.Add(race.Ratio);
                else bytesOfNumbers += race.OurBytes;
            }

            if (only is null) figures.Ratio($"{prefix}.{name}.ratio", ratios.Median());
            Console.WriteLine(table);
            return table.ToString();
        }
    }

    private static IEnumerable<Codecs> Wanted(string? only) => only switch
    {
        null => Samples.All,
        "kinds" => KindSamples.All,
        _ => Samples.All.Concat(KindSamples.All).Where(codec => codec.Name == only),
    };

    private static string[] Row(Codecs codec, Race race) =>
    [
        codec.Name,
        Table.Number(codec.Wire.Written.Length),
        Table.Number(race.Ours, race.Ours < 1000 ? 1 : 0),
        Table.Number(race.Theirs, race.Theirs < 1000 ? 1 : 0),
        Table.Number(race.Ratio, 2),
        Table.Number(race.OurBytes),
        Table.Number(race.TheirBytes),
    ];
}
