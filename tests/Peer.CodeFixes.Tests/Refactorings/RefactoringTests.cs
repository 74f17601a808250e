namespace Peers.Tests.Refactorings;

public sealed class RefactoringTests
{
    [Fact]
    public Task A_hook_is_added_to_a_handler() => OneFile.Refactors(
        """
        using Peers;

        public sealed partial class Ch$$at
        {
            [OnOpen]
            private void Opened(Peer peer) { }
        }
        """,
        "Add [OnClose]",
        """
        using Peers;

        public sealed partial class Chat
        {
            [OnOpen]
            private void Opened(Peer peer) { }

            [OnClose]
            private void Closed(Peer peer, CloseEvent close)
            {
            }
        }
        """);

    [Fact]
    public Task A_class_gets_its_first_hook_and_becomes_partial() => OneFile.Refactors(
        """
        using Peers;

        public sealed class $$Chat;
        """,
        "Add [OnPing]",
        """
        using System;
        using Peers;

        public sealed partial class Chat
        {
            [OnPing]
            private void Pinged(Peer peer, ReadOnlyMemory<byte> payload)
            {
            }
        }
        """);

    [Fact]
    public Task A_hook_stands_as_deep_as_its_class() => OneFile.Refactors(
        """
        using Peers;

        namespace Chats
        {
            /// <summary>A chat.</summary>
            public sealed class $$Chat { }
        }
        """,
        "Add [OnUpgrade]",
        """
        using Peers;

        namespace Chats
        {
            /// <summary>A chat.</summary>
            public sealed partial class Chat
            {
                [OnUpgrade]
                private UpgradeResult Admit(UpgradeRequest request) => UpgradeResult.Accept();
            }
        }
        """);

    [Theory]
    [InlineData("OnUpgrade"), InlineData("OnOpen"), InlineData("OnMessage"), InlineData("OnClose"), InlineData("OnError"), InlineData("OnDrain"), InlineData("OnGap"), InlineData("OnPing"), InlineData("OnPong")]
    public async Task Every_hook_that_is_offered_compiles(string hook)
    {
        var (project, offers) = await OneFile.Refactor("using Peers;\n\npublic sealed partial class $$Chat\n{\n}\n");
        var mended = (await Editor.ApplyAsync(Assert.Single(offers, o => o.Title == $"Add [{hook}]"))).GetProject(project.Id)!;

        Assert.Empty((await Editor.CompileAsync(mended)).Select(d => d.ToString()));
        Assert.Empty((await Editor.Own.DiagnoseAsync(mended)).Select(d => d.ToString()));
        Assert.Contains($"[{hook}]", (await mended.Documents.First().GetTextAsync(TestContext.Current.CancellationToken)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_handler_has_already_is_not_offered()
    {
        var (_, offers) = await OneFile.Refactor("using Peers; public sealed partial class $$Chat { [OnOpen] void Opened() { } [OnMessage] void Text(string text) { } }");
        Assert.Equal(["Add [OnUpgrade]", "Add [OnClose]", "Add [OnError]", "Add [OnDrain]", "Add [OnGap]", "Add [OnPing]", "Add [OnPong]"], offers.Select(o => o.Title));
    }

    [Fact]
    public Task A_record_becomes_a_message() => OneFile.Refactors(
        """
        namespace Chats;

        /// <summary>What was said.</summary>
        public record $$Said(string Text);
        """,
        "Turn 'Said' into a message",
        """
        using Peers;

        namespace Chats;

        /// <summary>What was said.</summary>
        [Message]
        public sealed partial record Said(string Text);
        """);

    [Fact]
    public Task A_record_struct_becomes_a_message() => OneFile.Refactors(
        """
        using Peers;

        class Texts
        {
            public readonly record struct $$Said(string Text);
        }
        """,
        "Turn 'Said' into a message",
        """
        using Peers;

        partial class Texts
        {
            [Message]
            public readonly partial record struct Said(string Text);
        }
        """);

    [Theory]
    [InlineData("using Peers; static class $$Chat;")]
    [InlineData("class $$Chat;")]
    [InlineData("using Peers; [Message] sealed partial record $$Said(string Text);")]
    [InlineData("abstract record $$Said(string Text);")]
    [InlineData("using Peers; class Chat { void Say() { $$ } }")]
    public async Task Elsewhere_nothing_is_offered(string source)
    {
        var (_, offers) = await OneFile.Refactor(source);
        Assert.Empty(offers);
    }
}
