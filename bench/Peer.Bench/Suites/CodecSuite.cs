using Peers.Bench.Codec;
using Peers.Bench.InProcess;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>Generated messages against System.Text.Json's source-generated context, in this process.</summary>
/// <remarks>The ratios are medians over small, medium and large; <c>codec.bytes</c> is what all three ways take for the message without strings.</remarks>
internal sealed class CodecSuite : ISuite
{
    private const int Batches = 201;
    private const int FewBatches = 41;

    public string Run(Settings settings, Figures figures)
    {
        var numbers = new Codecs<Numbers, JsonNumbers>("numbers", Samples.Numbers, Samples.JsonNumbers, CodecJson.Default.JsonNumbers);
        Codecs[] sizes =
        [
            new Codecs<Small, JsonSmall>("small", Samples.Small, Samples.JsonSmall, CodecJson.Default.JsonSmall),
            new Codecs<Medium, JsonMedium>("medium", Samples.Medium, Samples.JsonMedium, CodecJson.Default.JsonMedium),
            new Codecs<Large, JsonLarge>("large", Samples.Large, Samples.JsonLarge, CodecJson.Default.JsonLarge),
        ];

        var batches = settings.IsQuick ? FewBatches : Batches;
        var bytesOfNumbers = 0.0;
        var tables = string.Join('\n', new[]
        {
            Measure("write", "Write", size => Race.Run(size.Write, size.JsonWrite, batches)),
            Measure("read", "Read, members in the order in which we write", size => Race.Run(times => size.Read(size.Wire.Written, times), times => size.JsonRead(size.Wire.Written, times), batches)),
            Measure("read.any-order", "Read, members in the opposite order", size => Race.Run(times => size.Read(size.Wire.Reversed, times), times => size.JsonRead(size.Wire.Reversed, times), batches)),
        });
        figures.Add("codec.bytes", bytesOfNumbers, "B");
        return tables;

        string Measure(string name, string title, Func<Codecs, Race> run)
        {
            Codecs[] kinds = settings.Only is null ? [] : [.. KindSamples.All().Where(kind => settings.Only == "kinds" || settings.Only == kind.Name)];
            var races = sizes.Prepend(numbers).Concat(kinds).ToDictionary(size => size, run);
            var table = new Table(title, "message", "bytes", "Peer ns", "System.Text.Json ns", "times as fast", "Peer allocates B", "System.Text.Json allocates B");
            foreach (var (size, race) in races) table.Add(Row(size, race));
            foreach (var (size, race) in races.Where(race => !kinds.Contains(race.Key)))
            {
                figures.Ratio($"codec.{name}.{size.Name}.ratio", race.Ratio);
                figures.Add($"codec.{name}.{size.Name}.bytes", race.OurBytes, "B");
            }

            figures.Ratio($"codec.{name}.ratio", sizes.Select(size => races[size].Ratio).Median());
            bytesOfNumbers += races[numbers].OurBytes;
            Console.WriteLine(table);
            return table.ToString();
        }
    }

    private static string[] Row(Codecs size, Race race) =>
    [
        size.Name,
        Table.Number(size.Wire.Written.Length),
        Table.Number(race.Ours, race.Ours < 1000 ? 1 : 0),
        Table.Number(race.Theirs, race.Theirs < 1000 ? 1 : 0),
        Table.Number(race.Ratio, 2),
        Table.Number(race.OurBytes),
        Table.Number(race.TheirBytes),
    ];
}
