namespace Peers.Tests;

/// <summary>What messages become, as text. All of it is compiled, and no warning is left.</summary>
public sealed class MessageSnapshotTests
{
    [Fact]
    public void A_record_struct_of_strings() => Snapshot.Matches("Said", Generated.Compiled("""
        namespace Chat;

        [Message] public readonly partial record struct Said(string Who, string Text);
        """));

    [Fact]
    public void A_message_without_members() => Snapshot.Matches("Typing", Generated.Compiled("""
        [Message("is-typing")] public sealed partial class Typing;
        """));

    [Fact]
    public void Optional_nullable_required_and_computed_members() => Snapshot.Matches("Order", Generated.Compiled("""
        using System.Text.Json.Serialization;

        namespace Shop;

        public enum Urgency : byte { Low, High }

        [Message]
        public sealed partial record Order(int Number, string? Note, Urgency Urgency = Urgency.High, int? Discount = null)
        {
            public required Guid Customer { get; init; }
            public int Attempts { get; set; } = 3;
            public string Currency { get; init; } = "EUR";
            [JsonPropertyName("total-sum")] public decimal Total { get; init; }
            [JsonIgnore] public bool IsDirty { get; set; }
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Comment { get; set; }
            public string Label => $"#{Number}";
        }
        """));

    [Fact]
    public void Collections_dictionaries_and_nested_objects() => Snapshot.Matches("Roster", Generated.Compiled("""
        namespace Chat;

        public sealed record Person(string Name, Address? Home, Person[] Friends);
        public readonly record struct Address(string Street, int? Number);

        public static partial class Messages
        {
            [Message] internal sealed partial record Roster(IReadOnlyList<Person> People, Dictionary<string, string?> Topics, DayOfWeek[] Days);
        }
        """));

    [Fact]
    public void What_is_wrong_leaves_the_shape_with_bodies_that_throw() => Snapshot.Matches("Broken", Generated.Compiled("""
        [Message] public sealed partial record Broken(System.IO.Stream Stream);
        """));
}
