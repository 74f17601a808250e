using System.Text.RegularExpressions;

namespace Peers.Tests;

/// <summary>The tables of docs/logs.md say what the code logs.</summary>
public sealed partial class LogDocsTests
{
    // A row ends with what a client or another node controls in the line. That is for its author to say, "nothing" included.
    [Fact]
    public void The_tables_list_every_message_with_id_level_and_rate_and_say_what_clients_control()
    {
        var rows = Row().Matches(Repository.Read("docs/logs.md")).Select(row => row.Groups["declared"].Value);
        var inCode = LogEvent.All.Select(one => $"| {one.Id} | {one.Declaration.Level} | {RateOf(one)} | {one.Declaration.Message} |");

        Assert.Equal(inCode, rows);
    }

    [Fact]
    public void No_id_stands_for_two_messages()
    {
        var twice = LogEvent.All.GroupBy(message => message.Id).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.Empty(twice);
    }

    [Fact]
    public void Each_package_keeps_to_its_hundred()
    {
        foreach (var (assembly, first) in LogEvent.Ranges)
        {
            Assert.All(LogEvent.Of(assembly), message => Assert.InRange(message.Id, first, (first / 100 * 100) + 99));
        }
    }

    [Fact]
    public void No_other_package_logs()
    {
        var logging = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName)
            .Where(project => Repository.Sources($"src/{project}").Any(file => file.Code.Contains("[LoggerMessage(", StringComparison.Ordinal)));

        Assert.Equal(LogEvent.Ranges.Keys.Order(StringComparer.Ordinal), logging.Order(StringComparer.Ordinal));
    }

    private static string RateOf(LogEvent one) =>
        one.Rate.Burst == one.Rate.PerSecond ? $"{one.Rate.PerSecond}" : $"{one.Rate.PerSecond}, {one.Rate.Burst} at once";

    [GeneratedRegex(@"^(?<declared>\| \d+ \| \w+ \| [^|]+ \| .* \|) [^|]*\w[^|]* \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
