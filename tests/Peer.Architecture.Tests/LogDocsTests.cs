using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Peers.Tests;

/// <summary>The tables of docs/logs.md say what the code logs.</summary>
public sealed partial class LogDocsTests
{
    // Where a package begins to count; each has a hundred.
    private static readonly (string Assembly, int First)[] s_ranges = [("Peer.Runtime", 1), ("Peer.AspNetCore", 100), ("Peer.EventLoop", 200), ("Peer.Redis", 300)];

    [Fact]
    public void The_tables_list_every_message_with_id_and_level()
    {
        var rows = Row().Matches(Repository.Read("docs/logs.md")).Select(row => row.Value);
        var inCode = Messages().OrderBy(message => message.EventId).Select(message => $"| {message.EventId} | {message.Level} | {WithoutSuppressed(message.Message)} |");

        Assert.Equal(inCode, rows);
    }

    [Fact]
    public void No_id_stands_for_two_messages()
    {
        var twice = Messages().GroupBy(message => message.EventId).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.Empty(twice);
    }

    [Fact]
    public void Each_package_keeps_to_its_hundred()
    {
        foreach (var (assembly, first) in s_ranges) Assert.All(MessagesOf(Assembly.Load(assembly)), message => Assert.InRange(message.EventId, first, (first / 100 * 100) + 99));
    }

    [Fact]
    public void No_other_package_logs()
    {
        var known = s_ranges.Select(range => range.Assembly);
        var logging = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName)
            .Where(project => Repository.Sources($"src/{project}").Any(file => file.Code.Contains("[LoggerMessage(", StringComparison.Ordinal)));

        Assert.Equal(known.Order(StringComparer.Ordinal), logging.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<LoggerMessageAttribute> Messages() => s_ranges.SelectMany(range => MessagesOf(Assembly.Load(range.Assembly)));

    private static IEnumerable<LoggerMessageAttribute> MessagesOf(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        from message in method.GetCustomAttributes<LoggerMessageAttribute>()
        select message;

    private static string WithoutSuppressed(string message) => message.Replace("{Suppressed:' ('0' similar not logged)';;''}", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^\| \d+ \| \w+ \| .* \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
