namespace Peers.Tests.Analyzers;

public sealed class MessageDiagnosticTests
{
    [Fact]
    public Task A_member_without_a_form_on_the_wire() => Flags(
        "[Message] readonly partial record struct Upload(string Name, System.IO.Stream Body);",
        "PEER004 'Body': Message 'Upload' cannot be serialized, because 'Body', of type 'Stream', has no form on the wire. Change it, or mark it [JsonIgnore].");

    [Fact]
    public Task A_member_of_a_part_without_a_form_on_the_wire() => Flags(
        "[Message] readonly partial record struct Upload(Part Part); record Part(Dictionary<int, string> Lines);",
        "PEER004 'Lines': Message 'Upload' cannot be serialized, because 'Lines', of type 'Dictionary<int, string>', has keys that are not strings. Change it, or mark it [JsonIgnore].");

    [Fact]
    public Task A_member_whose_name_belongs_to_the_protocol() => Flags(
        "[Message] readonly partial record struct Upload(int Type);",
        "PEER020 'Type': 'Upload.Type' is called 'type' on the wire, which belongs to the protocol. Rename it, or give it another name with [JsonPropertyName].");

    [Fact]
    public Task A_member_whose_name_begins_as_those_of_the_protocol() => Flags(
        "[Message] readonly partial record struct Upload([property: System.Text.Json.Serialization.JsonPropertyName(\"$id\")] int Number);",
        "PEER020 'Number': 'Upload.Number' is called '$id' on the wire, which belongs to the protocol. Rename it, or give it another name with [JsonPropertyName].");

    [Fact]
    public Task A_part_of_a_message_may_have_a_type() => Flags(
        "[Message] readonly partial record struct Upload(Part Part); readonly record struct Part(string Type);");

    [Fact]
    public Task A_name_that_belongs_to_the_protocol() => Flags(
        "[Message(\"$error\")] readonly partial record struct Upload(int Size);",
        "PEER015 'Upload': Message 'Upload' is called '$error' on the wire, which belongs to the protocol. Give it another name in [Message].");

    [Fact]
    public Task A_name_that_is_empty() => Flags(
        "[Message(\"\")] readonly partial record struct Upload(int Size);",
        "PEER015 'Upload': Message 'Upload' is called '' on the wire, which names nothing. Give it another name in [Message].");

    [Fact]
    public Task A_hook_that_takes_an_invalid_message_adds_nothing() => Flags(
        "partial class Chat { [OnMessage] Upload Up(Upload upload) => upload; } [Message] readonly partial record struct Upload(object Body);",
        "PEER004 'Body': Message 'Upload' cannot be serialized, because 'Body', of type 'object', has no form on the wire. Change it, or mark it [JsonIgnore].");

    [Fact]
    public Task A_message_that_is_not_partial() => Flags(
        "[Message] readonly record struct Say(string Text);",
        "PEER005 'Say': Message 'Say' cannot be completed by the compiler, because 'Say' is not partial. Add 'partial' to 'Say'.",
        Generated.MissingPartial(34, "Say"));

    [Fact]
    public Task Hooks_that_take_or_return_a_message_that_is_not_partial_add_nothing() => Flags(
        "partial class Chat { [OnMessage] void A(Say say) { } [OnMessage] Task<Say> B(string text) => Task.FromResult(new Say()); } [Message] readonly record struct Say;",
        "PEER005 'Say': Message 'Say' cannot be completed by the compiler, because 'Say' is not partial. Add 'partial' to 'Say'.",
        Generated.MissingPartial(157, "Say"));

    [Fact]
    public Task A_message_in_a_type_that_is_not_partial() => Flags(
        "class Outer { [Message] internal readonly partial record struct Say(string Text); }",
        "PEER005 'Outer': Message 'Say' cannot be completed by the compiler, because 'Outer' is not partial. Add 'partial' to 'Outer'.",
        Generated.MissingPartial(7, "Outer"));

    [Fact]
    public Task A_message_class_that_is_not_sealed() => Flags(
        "[Message] partial record Say(string Text);",
        "PEER010 'Say': Message 'Say' is not sealed, and a class derived from it would lose its own members on the wire. Add 'sealed' to 'Say'.");

    [Theory]
    [InlineData("static partial class", "is static, so there is nothing to send. Make it a sealed class.")]
    [InlineData("abstract partial class", "is abstract, so there is nothing to make of what is read. Mark the types derived from it instead.")]
    [InlineData("ref partial struct", "is a ref struct, which no hook can keep. Make it a readonly struct.")]
    [InlineData("file sealed partial class", "is file-local, so that no generated file can complete it. Make it internal.")]
    public Task A_type_that_can_be_no_message(string kind, string why) => Flags($"[Message] {kind} Say;", $"PEER015 'Say': Message 'Say' {why}");

    [Fact]
    public Task Correct_messages_are_not_flagged() => Flags(
        """
        [Message] readonly partial record struct Say(Line Line);
        [Message] sealed partial record Said(string Who, Line? Line)
        {
            [System.Text.Json.Serialization.JsonIgnore] public System.IO.Stream? Source { get; init; }
        }
        [Message("x")] sealed partial class Other { public List<int> Numbers { get; init; } = []; }
        record Line(string Text, int Number);
        """);

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
