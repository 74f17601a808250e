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
    [InlineData("ref partial struct", "is a ref struct, which no hook can keep. Make it a readonly struct.")]
    [InlineData("file sealed partial class", "is file-local, so that no generated file can complete it. Make it internal.")]
    public Task A_type_that_can_be_no_message(string kind, string why) => Flags($"[Message] {kind} Say;", $"PEER015 'Say': Message 'Say' {why}");

    [Fact]
    public Task A_type_with_type_parameters_that_stands_for_messages() => Flags(
        "[Message] partial interface IEvent<T>;",
        "PEER015 'IEvent': Message 'IEvent<T>' has type parameters, and stands for several messages. Remove them.");

    [Fact]
    public Task A_message_that_the_type_it_derives_from_cannot_reach() => Flags(
        "[Message] partial interface IEvent; partial class Outer { [Message] private sealed partial record Said(string Text) : IEvent; }",
        "PEER030 'Said': Message 'Said' is not accessible from there, so that 'IEvent' does not stand for it: it cannot be sent or read as one. Make it internal.");

    [Fact]
    public Task A_generic_message_that_its_interface_cannot_stand_for() => Flags(
        "[Message] partial interface IEvent; [Message] sealed partial record Said<T>(string Text) : IEvent;",
        "PEER030 'Said': Message 'Said<T>' has type parameters, so that 'IEvent' does not stand for it: it cannot be sent or read as one. Write a message for each type.");

    [Fact]
    public Task Two_messages_of_one_name_behind_one_type() => Flags(
        "[Message] partial interface IEvent; [Message] sealed partial record Said : IEvent; [Message(\"said\")] sealed partial record Told : IEvent;",
        "PEER031 'Told': Message 'Told' is called 'said' on the wire, as 'Said' is, and 'IEvent' stands for both. Give one of the two another name.");

    [Fact]
    public Task A_member_of_a_type_that_stands_for_messages_and_is_not_partial_adds_nothing() => Flags(
        "[Message] interface IEvent; [Message] sealed partial record Batch(IEvent[] Events);",
        "PEER005 'IEvent': Message 'IEvent' cannot be completed by the compiler, because 'IEvent' is not partial. Add 'partial' to 'IEvent'.",
        Generated.MissingPartial(21, "IEvent"));

    [Theory]
    [InlineData("[JsonConverter(typeof(C))] int", "has the converter 'C', which is none for it")]
    [InlineData("[JsonConverter(typeof(NoConstructor))] string", "has the converter 'NoConstructor', which has no constructor that takes nothing and is accessible from the message")]
    [InlineData("[JsonConverter(typeof(JsonStringEnumConverter))] List<DayOfWeek>", "has the converter 'JsonStringEnumConverter', which is none for it")]
    [InlineData("[Own] string", "has a converter that its attribute makes, which only run time would know")]
    [InlineData("[JsonNumberHandling(JsonNumberHandling.WriteAsString)] string", "asks for numbers in another form, and is neither a number nor a collection of numbers")]
    [InlineData("[JsonNumberHandling(JsonNumberHandling.WriteAsString)] List<List<int>>", "asks for numbers in another form, and is neither a number nor a collection of numbers")]
    [InlineData("[RawJson] byte[]", "is marked as JSON, which only ReadOnlyMemory<byte> can be")]
    [InlineData("[JsonExtensionData] Dictionary<string, JsonElement>", "takes what is left over, which is not supported")]
    [InlineData("[JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] List<int>", "is to be filled where it is ([JsonObjectCreationHandling]), which is not supported")]
    [InlineData("[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int", "is to be left out when it is null, which a value of this type never is")]
    [InlineData("[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DayOfWeek", "is to be left out when it is null, which a value of this type never is")]
    public Task An_attribute_of_a_member_that_cannot_be_honoured(string member, string why)
    {
        var (attribute, type) = (member[..(member.LastIndexOf(']') > 0 && member[0] == '[' ? member.IndexOf("] ", StringComparison.Ordinal) + 2 : 0)], "");
        type = member[attribute.Length..];
        return Flags(
            $$"""
            using System.Text.Json; using System.Text.Json.Serialization;
            [Message] sealed partial class Wrong { {{attribute}}public {{type}} Member { get; set; } = default!; }
            class OwnAttribute : JsonConverterAttribute { }
            class C : JsonConverter<string> { public override string? Read(ref Utf8JsonReader r, Type t, JsonSerializerOptions o) => null; public override void Write(Utf8JsonWriter w, string v, JsonSerializerOptions o) { } }
            class NoConstructor : C { public NoConstructor(int a) { _ = a; } }
            """,
            $"PEER004 'Member': Message 'Wrong' cannot be serialized, because 'Member', of type '{type}', {why}. Change it, or mark it [JsonIgnore].");
    }

    // What asks for something on a type used to be ignored on a message, and all of it was ignored on an interface.
    [Theory]
    [InlineData("[JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]", "", "is to be filled where it is ([JsonObjectCreationHandling]), which is not supported")]
    [InlineData("[JsonDerivedType(typeof(object))]", "", "is polymorphic by its own attributes: here [Message] on an interface or abstract class does that")]
    [InlineData("[JsonPolymorphic]", "", "is polymorphic by its own attributes: here [Message] on an interface or abstract class does that")]
    [InlineData("", " : IJsonOnDeserialized", "implements IJsonOnDeserialized, which is not called")]
    [InlineData("", " : IJsonOnDeserializing", "implements IJsonOnDeserializing, which is not called")]
    [InlineData("", " : IJsonOnSerialized", "implements IJsonOnSerialized, which is not called")]
    [InlineData("", " : IJsonOnSerializing", "implements IJsonOnSerializing, which is not called")]
    public async Task What_a_type_asks_for_that_cannot_be_honoured(string attribute, string interfaces, string why)
    {
        var callback = interfaces.Length == 0 ? "" : $"public void {interfaces[8..]}() {{ }}";
        string Expected(string type, string message) => $"PEER004 '{type}': Message '{message}' cannot be serialized, because '{type}', of type '{type}', {why}. Change it, or mark it [JsonIgnore].";
        await Flags($"using System.Text.Json.Serialization; {attribute} [Message] sealed partial class Wrong{interfaces} {{ {callback} }}", Expected("Wrong", "Wrong"));
        await Flags($"using System.Text.Json.Serialization; [Message] sealed partial record Wrong(Part Part); {attribute} class Part{interfaces} {{ {callback} }}", Expected("Part", "Wrong"));
        if (interfaces.Length == 0 && !attribute.Contains("Creation", StringComparison.Ordinal))
            await Flags($"using System.Text.Json.Serialization; {attribute} [Message] partial interface IWrong;", Expected("IWrong", "IWrong"));
    }

    [Fact]
    public Task What_attributes_ask_for_that_is_done_anyway() => Flags("""
        using System.Text.Json.Serialization;
        [Message, JsonObjectCreationHandling(JsonObjectCreationHandling.Replace), JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
        sealed partial class Right
        {
            [JsonObjectCreationHandling(JsonObjectCreationHandling.Replace)] public List<int> Items { get; set; } = [];
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int? Count { get; set; }
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Part? Part { get; set; }
        }
        [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] class Part;
        """);

    [Theory]
    [InlineData("[JsonRequired] public int A => 1;", "A", "int", "is required, and nothing can set it")]
    [InlineData("[JsonRequired, JsonIgnore] public int A { get; set; }", "A", "int", "is required and ignored")]
    [InlineData("[JsonIgnore] public required int A { get; set; }", "A", "int", "is required and ignored")]
    [InlineData("internal required int A { get; set; }", "A", "int", "is required, but not public: mark it [JsonInclude]")]
    public Task A_member_that_is_required_and_cannot_be_had(string member, string name, string type, string why) => Flags(
        $"using System.Text.Json.Serialization; [Message] sealed partial class Wrong : Base {{ }} abstract class Base {{ {member} }}",
        $"PEER004 '{name}': Message 'Wrong' cannot be serialized, because '{name}', of type '{type}', {why}. Change it, or mark it [JsonIgnore].");

    // The compiler ended with a stack overflow.
    [Theory]
    [InlineData("class Nest<T> { public Nest<List<T>>? Inner { get; set; } }")]
    [InlineData("class Nest<T> { public Nest<T[]>? A { get; set; } public Nest<List<T>>? B { get; set; } public Nest<HashSet<T>>? C { get; set; } }")]
    [InlineData("class Nest<T> { public Other<T>? Inner { get; set; } } class Other<T> { public Dictionary<string, Nest<Nest<T>>>? Inner { get; set; } }")]
    [InlineData("class Nest<T> : Base<Nest<T>>; class Base<T> { public Nest<T>? Inner { get; set; } }")]
    [InlineData("struct Nest<T> { public List<Nest<T?[]>> Inner { get; set; } }")]
    public async Task A_generic_type_that_holds_itself_and_grows(string declaration)
    {
        var generated = Generated.From($"[Message] sealed partial record Wrong(Nest<int> Nest); {declaration}");
        generated.AssertNoProblems();
        var reported = await Generated.DiagnoseAsync(generated);
        Assert.EndsWith("is generic and holds itself with ever larger type arguments. Change it, or mark it [JsonIgnore].", Assert.Single(reported), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class Nest<T> { public Nest<T>? Inner { get; set; } public T Value { get; set; } = default!; }", "Nest<Nest<Nest<int>>>")]
    [InlineData("class Nest<T> { public Other<T>? Inner { get; set; } } class Other<T> { public Nest<int>? Inner { get; set; } public Nest<Nest<int>>? Two { get; set; } }", "Nest<Nest<Nest<Nest<int>>>>")]
    public Task A_generic_type_that_holds_itself_and_does_not_grow(string declaration, string type) => Flags($"[Message] sealed partial record Right({type} Nest); {declaration}");

    [Theory]
    [InlineData("int?")]
    [InlineData("System.Drawing.Point?")]
    [InlineData("DayOfWeek?")]
    public Task A_type_that_is_a_nullable(string type) => Flags(
        $"[assembly: MessageType<{type}>]",
        $"PEER032 'MessageType<{type}>': Type '{type.Split('.')[^1]}' is no object with members, so that it cannot be a message. Write a message that has it as a member.");

    [Theory]
    [InlineData("List<int>", "is no object with members, so that it cannot be a message. Write a message that has it as a member.")]
    [InlineData("IDisposable", "is no object with members, so that it cannot be a message. Write a message that has it as a member.")]
    [InlineData("Holder", "has 'Lock', of type 'object?', which has no form on the wire, so that it cannot be a message. Write a message of your own, and copy into it.")]
    [InlineData("Own", "is one by itself, so that it cannot be a message. Remove [MessageType].")]
    public Task A_type_that_cannot_be_made_a_message(string type, string why) => Flags(
        $"[assembly: MessageType<{type}>] public class Holder {{ public object? Lock {{ get; set; }} }} [Message] sealed partial record Own;",
        $"PEER032 'MessageType<{type}>': Type '{type}' {why}");

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
        [Message] partial interface IEvent;
        [Message] abstract partial record Base;
        [Message] sealed partial record Left : Base, IEvent;
        [Message] sealed partial record Batch(IEvent[] Events, Base? Last);
        partial class Chat { [OnMessage] IEvent On(Peer peer, IEvent message) => message; [OnMessage] Task<Base> On(Left left) => Task.FromResult<Base>(left); }
        """);

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
