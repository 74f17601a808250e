namespace Peers.Tests.Fixes;

/// <summary>What mends hooks that reply with streams.</summary>
public sealed class StreamFixTests
{
    [Fact]
    public Task A_stream_hook_is_made_static() => OneFile.Fixes(
        Handler("private IAsyncEnumerable<Said> Watch(string text) => Source.Of(text);"),
        Handler("private static IAsyncEnumerable<Said> Watch(string text) => Source.Of(text);"));

    [Fact]
    public Task All_stream_hooks_are_made_static_at_once() => OneFile.FixesAll(
        Handler("IAsyncEnumerable<Said> Watch(string text) => Source.Of(text); [OnMessage] IAsyncEnumerable<Said> Again(Said said) => Source.Of(said.Text);"),
        Handler("static IAsyncEnumerable<Said> Watch(string text) => Source.Of(text); [OnMessage] static IAsyncEnumerable<Said> Again(Said said) => Source.Of(said.Text);"));

    [Theory]
    [InlineData("IAsyncEnumerable<Said> Watch(string text) => Source.Of(_name);")]
    [InlineData("IAsyncEnumerable<Said> Watch(string text) => Source.Of(service.ToString());")]
    [InlineData("IAsyncEnumerable<Said> Watch(string text) => Source.Of(this.ToString());")]
    public Task A_stream_hook_that_uses_its_handler_is_left_to_its_author(string hook) => OneFile.OffersNothing(Handler(hook));

    [Fact]
    public Task A_stream_hook_takes_a_token() => OneFile.Fixes(
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Peers;

        [Message] public sealed partial record Said(string? Text);

        public partial class Chat
        {
            [OnMessage]
            private static async IAsyncEnumerable<Said> Watch(Peer peer, string text)
            {
                await Task.Yield();
                yield return new(text);
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Runtime.CompilerServices;
        using System.Threading;
        using System.Threading.Tasks;
        using Peers;

        [Message] public sealed partial record Said(string? Text);

        public partial class Chat
        {
            [OnMessage]
            private static async IAsyncEnumerable<Said> Watch(Peer peer, string text, [EnumeratorCancellation] CancellationToken cancellation)
            {
                await Task.Yield();
                yield return new(text);
            }
        }
        """);

    private static string Handler(string hook) => $$"""
        using System.Collections.Generic;
        using Peers;

        [Message] public sealed partial record Said(string? Text);

        internal static class Source
        {
            public static IAsyncEnumerable<Said> Of(string? text) => throw new System.NotSupportedException(text);
        }

        public partial class Chat(object service)
        {
            internal readonly string _name = service.ToString() ?? "";

            [OnMessage]
            {{hook}}
        }
        """;
}
