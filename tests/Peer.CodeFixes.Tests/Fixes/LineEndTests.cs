namespace Peers.Tests.Fixes;

/// <summary>Documents keep the line ends that they have.</summary>
public sealed class LineEndTests
{
    // Line ends of one's own in a document with others used to come from attributes, imports and hooks.
    [Theory]
    [InlineData("namespace Chats;\r\n\r\npublic record $$Said(string Text);\r\n", "Turn 'Said' into a message")]
    [InlineData("using Peers;\r\n\r\npublic sealed class $$Chat;\r\n", "Add [OnPing]")]
    [InlineData("using Peers;\r\n\r\npublic sealed class $$Chat\r\n{\r\n}\r\n", "Add [OnUpgrade]")]
    [InlineData("using Peers;\r\n\r\npublic sealed partial class $$Chat\r\n{\r\n    [OnOpen] void Opened() { }\r\n}\r\n", "Add [OnMessage]")]
    public async Task Every_line_still_ends_with_carriage_return_and_line_feed(string source, string title)
    {
        var (project, offers) = await OneFile.Refactor(source);
        var mended = (await Editor.ApplyAsync(Assert.Single(offers, o => o.Title == title))).GetProject(project.Id)!;

        var text = (await mended.Documents.First().GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
    }
}
