namespace Peers.Tests.Fixes;

/// <summary>What mends messages, and makes them.</summary>
public sealed class MessageFixTests
{
    [Fact]
    public Task A_payload_becomes_a_message() => OneFile.Fixes(
        """
        using Peers;

        partial class Chat { [OnMessage] void Say(Say say) { } }

        public record Say(string Text);
        """,
        """
        using Peers;

        partial class Chat { [OnMessage] void Say(Say say) { } }

        [Message]
        public sealed partial record Say(string Text);
        """);

    [Fact]
    public Task A_reply_becomes_a_message() => OneFile.Fixes(
        """
        using System.Threading.Tasks;
        using Peers;

        partial class Chat { [OnMessage] Task<Said> Say(string text) => Task.FromResult(new Said(text)); }

        // What was said.
        readonly record struct Said(string Text);
        """,
        """
        using System.Threading.Tasks;
        using Peers;

        partial class Chat { [OnMessage] Task<Said> Say(string text) => Task.FromResult(new Said(text)); }

        // What was said.
        [Message]
        readonly partial record struct Said(string Text);
        """);

    [Fact]
    public Task Payloads_of_one_type_make_one_message_of_it() => OneFile.FixesAll(
        """
        using Peers;

        partial class A { [OnMessage] void Say(Texts.Say say) { } }
        partial class B { [OnMessage] void Say(Texts.Say say) { } }
        class Texts
        {
            internal record Say(string Text);
        }
        """,
        """
        using Peers;

        partial class A { [OnMessage] void Say(Texts.Say say) { } }
        partial class B { [OnMessage] void Say(Texts.Say say) { } }
        partial class Texts
        {
            [Message]
            internal sealed partial record Say(string Text);
        }
        """);

    [Fact]
    public Task A_message_is_made_partial() => OneFile.Fixes(
        """
        using Peers;

        [Message] readonly record struct Say(string Text);
        """,
        """
        using Peers;

        [Message] readonly partial record struct Say(string Text);
        """);

    [Fact]
    public Task A_message_is_sealed() => OneFile.Fixes(
        """
        using Peers;

        [Message]
        partial record Say(string Text);
        """,
        """
        using Peers;

        [Message]
        sealed partial record Say(string Text);
        """);

    [Fact]
    public Task All_messages_are_sealed_at_once() => OneFile.FixesAll(
        """
        using Peers;

        [Message] partial record A(string Text);
        [Message] public partial class B;
        """,
        """
        using Peers;

        [Message] sealed partial record A(string Text);
        [Message] public sealed partial class B;
        """);

    [Theory]
    [InlineData("[Message] file sealed partial record Say(string Text);", "[Message] internal sealed partial record Say(string Text);")]
    [InlineData("[Message] public static partial class Say;", "[Message] public sealed partial class Say;")]
    [InlineData("[Message] readonly ref partial struct Say;", "[Message] readonly partial struct Say;")]
    public Task A_type_that_can_be_no_message_is_made_one_that_can(string before, string after) => OneFile.Fixes($"using Peers;\n\n{before}", $"using Peers;\n\n{after}");

    [Fact]
    public Task A_parameter_is_left_off_the_wire() => OneFile.Fixes(
        """
        using System.IO;
        using Peers;

        [Message] public sealed partial record Upload(string Name, Stream Body);
        """,
        """
        using System.IO;
        using System.Text.Json.Serialization;
        using Peers;

        [Message] public sealed partial record Upload(string Name, [property: JsonIgnore] Stream Body);
        """);

    [Fact]
    public Task A_property_is_left_off_the_wire() => OneFile.Fixes(
        """
        using System.Text.Json.Serialization;
        using Peers;

        [Message] public sealed partial class Upload
        {
            // Where it is from.
            public System.IO.Stream? Source { get; init; }
        }
        """,
        """
        using System.Text.Json.Serialization;
        using Peers;

        [Message] public sealed partial class Upload
        {
            // Where it is from.
            [JsonIgnore]
            public System.IO.Stream? Source { get; init; }
        }
        """);

    [Theory]
    [InlineData("[Message] partial class Say { public virtual int Number { get; set; } }")]
    [InlineData("[Message] sealed partial record Say(string Type);")]
    [InlineData("[Message(\"$say\")] sealed partial record Say;")]
    public Task What_has_no_obvious_remedy_is_left_to_its_author(string source) => OneFile.OffersNothing($"using Peers;\n\n{source}");
}
