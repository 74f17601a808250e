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

    [Fact]
    public void An_interface_that_stands_for_several_messages() => Snapshot.Matches("Events", Generated.Compiled("""
        namespace Chat;

        [Message] public partial interface IRoomEvent;
        [Message] public partial interface IQuietEvent : IRoomEvent;
        [Message] public sealed partial record Said(string Who) : IRoomEvent;
        [Message] public readonly partial record struct Typing : IQuietEvent;
        """, hintName => hintName.Contains("Event-", StringComparison.Ordinal)));

    [Fact]
    public void An_abstract_record_that_stands_for_several_messages_and_members_of_its_type() => Snapshot.Matches("Notices", Generated.Compiled("""
        [Message] public abstract partial record Notice(string Title);
        [Message("n.o.t.e")] public sealed partial record Note(string Title, Notice? Below, List<Notice> Others) : Notice(Title);
        """));

    [Fact]
    public void Enums_by_name() => Snapshot.Matches("Painted", Generated.Compiled("""
        using System.Text.Json.Serialization;

        [Message] public sealed partial record Painted(Colour Colour, Colour? Other, [property: JsonConverter(typeof(JsonStringEnumConverter<DayOfWeek>))] DayOfWeek Day);

        [JsonConverter(typeof(JsonStringEnumConverter))]
        public enum Colour { Red, Green, [JsonStringEnumMemberName("dark blue")] Blue, Lime = Green }
        """));

    [Fact]
    public void Numbers_in_quotes() => Snapshot.Matches("Measured", Generated.Compiled("""
        using System.Text.Json.Serialization;

        [Message, JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
        public sealed partial record Measured(
            long Id, double? Value, List<int> Counts, [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Ratio, string Unit);
        """));

    [Fact]
    public void Types_with_converters() => Snapshot.Matches("Priced", Generated.Compiled("""
        using System.Text.Json;
        using System.Text.Json.Serialization;

        [assembly: MessageContext<ShopJson>]

        [Message] public sealed partial record Priced(Money Price, Money? Discount, Unit Unit, Unit? Other, [property: JsonConverter(typeof(HexConverter))] int? Code);

        [JsonConverter(typeof(MoneyConverter))] public sealed record Money(decimal Amount);
        [JsonConverter(typeof(UnitConverters))] public readonly record struct Unit(string Name);

        public sealed class MoneyConverter : JsonConverter<Money>
        {
            public override Money Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetDecimal());
            public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Amount);
        }

        public sealed class HexConverter : JsonConverter<int>
        {
            public override int Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Convert.ToInt32(reader.GetString(), 16);
            public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString("x"));
        }

        public sealed class UnitConverters : JsonConverterFactory
        {
            public override bool CanConvert(Type type) => true;
            public override JsonConverter? CreateConverter(Type type, JsonSerializerOptions options) => null;
        }

        // As the generator of System.Text.Json completes it.
        public sealed class ShopJson : JsonSerializerContext
        {
            private ShopJson() : base(null) { }
            public static ShopJson Default { get; } = new();
            protected override JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        """));

    [Fact]
    public void JSON_that_is_kept_and_bytes() => Snapshot.Matches("Relayed", Generated.Compiled("""
        using System.Text.Json;

        [Message]
        public sealed partial record Relayed(JsonElement Any, JsonElement? Maybe, [RawJson] ReadOnlyMemory<byte> Raw, [RawJson] ReadOnlyMemory<byte>? MaybeRaw, ReadOnlyMemory<byte> Base64, byte[] Bytes);
        """));

    [Fact]
    public void Members_of_one_direction_in_an_order_of_their_own() => Snapshot.Matches("Login", Generated.Compiled("""
        using System.Text.Json.Serialization;

        [Message]
        public sealed partial class Login
        {
            public string? Name { get; set; }
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] public string? Password { get; set; }
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] public int Attempts { get; set; } = 1;
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(-1)] public int Version { get; set; }
            [JsonInclude] private Guid Token { get; init; } = Guid.NewGuid();
        }
        """));

    [Fact]
    public void Constructors_initializers_and_required_members() => Snapshot.Matches("Constructed", Generated.Compiled("""
        using System.Diagnostics.CodeAnalysis;
        using System.Text.Json.Serialization;

        [Message]
        public sealed partial class Constructed
        {
            [JsonConstructor] private Constructed(string name, int count = 3) => (Name, Count) = (name, count);
            public Constructed() => Name = "";

            public string Name { get; }
            public int Count { get; init; }
            public required Made Made { get; init; }
            public Fluid Fluid { get; set; } = new();
        }

        [method: SetsRequiredMembers]
        public sealed class Made(int number) { public required int Number { get; init; } = number; }

        public struct Fluid() { public int A { get; set; } = 1; public int B { get; init; } = 2; }
        """));

    [Fact]
    public void Collections_of_every_kind() => Snapshot.Matches("Collected", Generated.Compiled("""
        using System.Collections.Immutable;

        [Message]
        public sealed partial record Collected(
            List<int> A, IReadOnlyList<string> B, HashSet<int> C, ImmutableArray<int> D, ImmutableList<int> E, Queue<int> F, int[][] G, List<int?> H, List<string?> I,
            ImmutableDictionary<string, int> J, IReadOnlyDictionary<string, int[]> K);
        """));

    [Fact]
    public void Scalars_of_every_kind() => Snapshot.Matches("Scalars", Generated.Compiled("""
        [Message]
        public sealed partial record Scalars(
            bool A, char B, sbyte C, byte D, short E, ushort F, int G, uint H, long I, ulong J, Int128 K, UInt128 L, Half M, float N, double O, decimal P, string Q, Guid R, PeerId S,
            DateTime T, DateTimeOffset U, DateOnly V, TimeOnly W, TimeSpan X, Uri Y, Version Z);
        """));

    [Fact]
    public void A_type_that_is_not_ours_and_hooks_that_take_and_return_it() => Snapshot.Matches("Point", Generated.Compiled("""
        [assembly: MessageType<System.Drawing.Point>("point")]

        public partial class Canvas
        {
            [OnMessage] static System.Drawing.Point Move(Peer peer, System.Drawing.Point point)
            {
                peer.Send(point);
                peer.Publish("moves", point);
                peer.Publish(Moves, point);
                peer.Host.Publish("moves", point);
                return point;
            }

            [Channel("moves")] public static partial PeerChannel<System.Drawing.Point> Moves { get; }
        }

        public partial class Later { [OnMessage] Task<System.Drawing.Point> Move(System.Drawing.Point point) => Task.FromResult(point); }
        public partial class Many { [OnMessage] static IAsyncEnumerable<System.Drawing.Point> Move(System.Drawing.Point point, CancellationToken cancellation) => throw new NotSupportedException(); }
        """));
}
