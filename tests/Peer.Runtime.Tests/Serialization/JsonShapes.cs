using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Peers.Tests;

// Messages that use what System.Text.Json has attributes, converters and types for.
[Message][method: JsonConstructor] public readonly partial record struct NamedKinds(Colour Colour, Colour? Other, Rights Rights, [property: JsonConverter(typeof(JsonStringEnumConverter<DayOfWeek>))] DayOfWeek Day);
[Message] public sealed partial record NamedKindsInside(Colour[] Colours, Dictionary<string, Rights> ByName, List<Colour?> Gaps, [property: JsonConverter(typeof(JsonStringEnumConverter))] Size? Size);
[Message][method: JsonConstructor] public readonly partial record struct Aliased(Alias Alias, Odd Odd);

[Message]
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
public sealed partial record FromText(
    int A, uint B, byte C, sbyte D, short E, ushort F, long G, ulong H, Int128 I, UInt128 J, double K, float L, Half M, decimal N, int? O, double? P, int[] Q, List<double?> R,
    Dictionary<string, long> S, int[][] T, string U, Size V, Point W);

[Message]
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
public sealed partial record AsText(int A, ulong B, double C, Half D, decimal E, Int128 F, float? G, List<int> H, Dictionary<string, decimal> I, bool J, [property: JsonNumberHandling(JsonNumberHandling.Strict)] int K);

[Message]
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed partial record NotANumber(double A, float B, Half C, double? D, double[] E, int F, List<float?>? G);

[Message]
public sealed partial class EachItsOwn
{
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)] public int A { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public long? B { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] public double C { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)] public IReadOnlyList<double> D { get; init; } = [];
    public int E { get; set; }
}

[Message] public sealed partial record Elements(JsonElement Any, JsonElement? Maybe, JsonElement[] Many, Dictionary<string, JsonElement> Named);
[Message] public sealed partial record RawParts([property: RawJson] ReadOnlyMemory<byte> Payload, [RawJson] ReadOnlyMemory<byte> Other, string Name);
[Message] public sealed partial record Memories(ReadOnlyMemory<byte> A, Memory<byte> B, ReadOnlyMemory<byte>? C, List<ReadOnlyMemory<byte>> D);
[Message] public sealed partial record Converted(Cents Price, Cents? Discount, Temperature? Outside, Temperature Inside, List<Cents> Prices, Dictionary<string, Temperature?> ByPlace, Never Never);
[Message] public sealed partial record ConvertedHere([property: JsonConverter(typeof(ReversedConverter))] string Name, [property: JsonConverter(typeof(ReversedConverter))] string? Other, [property: JsonConverter(typeof(TenthsConverter))] int? Tenths, string Plain);
[Message] public sealed partial record ConvertedByFactory(Wrapped<int> Number, Wrapped<string>? Text);

[Message]
public sealed partial class OneWay
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] public string Password { get; set; } = "none";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] public int Count { get; set; } = 7;
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int? Both { get; set; }
}

[Message]
public sealed partial record OneWayConstructed(
    int Z, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] int W = 3, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] int R = 4);

[Message]
public sealed partial class Ordered
{
    public int A { get; set; }
    [JsonPropertyOrder(-1)] public string B { get; set; } = "";
    [JsonPropertyOrder(2)] public required int C { get; init; }
    public int D { get; init; } = 4;
    [JsonPropertyOrder(-1)] public Point E { get; set; }
}

[Message]
public sealed partial class IncludedPrivates
{
    [JsonInclude] private int Hidden { get; set; } = 3;
    [JsonInclude] public string Name { get; private set; } = "";
    [JsonInclude] internal List<int> Items { get; init; } = [];
    public int Seen { get; private set; }
}

[Message]
public sealed partial class RequiredMixed(int number)
{
    public int Number { get; } = number;
    public required string Name { get; set; }
    public required int? Maybe { get; init; }
    [JsonRequired] public string? Note { get; init; }
    public string Kind { get; init; } = "kind";
}

[Message]
[method: JsonConstructor]
public readonly partial record struct StructWithInits(int A)
{
    public string B { get; init; } = "b";
    public required Point C { get; init; }
    public int? D { get; init; } = 4;
}

[Message]
public sealed partial class SetsRequired
{
    [JsonConstructor, System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public SetsRequired(string name, int age = 30) => (Name, Age) = (name, age);

    public required string Name { get; init; }
    public required int Age { get; init; }
}

[Message] public sealed partial record MoreSets(SortedSet<int> A, ImmutableSortedSet<string> B, IImmutableSet<int> C);
[Message] public sealed partial record MoreLists(Queue<int> A, Collection<string> B, ObservableCollection<Point> C, IImmutableList<int> D, ImmutableQueue<int> E, IImmutableQueue<string> F);
[Message] public sealed partial record MoreMaps(ImmutableSortedDictionary<string, int> A, IImmutableDictionary<string, Point> B, Dictionary<string, Person> C, Dictionary<string, List<Colour>> D);
[Message] public sealed partial record LongArrays(int[] Numbers, string[] Texts, Point[] Points, List<Guid> Ids);
[Message] public sealed partial record MessageInside(OneText Said, Mixed[] Mixed, NoMembers Nothing);
[Message] public sealed partial record Generic<T>(string Name, int Count);
[Message] public sealed partial record HoldsGeneric(Pair<Guid, int> A, Pair<Point, Pair<int, bool?>>? B);
[Message] public partial struct Fluid { public int A { get; set; } public List<int>? B { get; set; } public Size C { get; init; } }
[Message] public sealed partial record Grandchild(string Name, int Age, string School) : Child(Name, Age) { public string? Pet { get; set; } }
[Message] public sealed partial record Unicode(string Größe, int Größer, [property: JsonPropertyName("😀")] bool Smile);
[Message] public sealed partial record DefaultStructs(Point At = default, Guid Id = default, DateTime When = default, TimeSpan Length = default, Colour Colour = default, int? Maybe = 3, Point? Other = default);
[Message] public sealed partial record Dates(DateTimeOffset? A, DateOnly? B, TimeOnly? C, List<DateTime> D, Dictionary<string, TimeSpan> E);
[Message] public sealed partial record Numbers(Half? A, float? B, decimal? C, Int128? D, UInt128? E, sbyte? F, ushort? G, ulong? H, List<decimal> I, short[] J);

[Message] public sealed partial record Drawing(IDrawn Whole, IDrawn? Frame, IDrawn[] Parts, Dictionary<string, IDrawn> Named, List<IDrawn?>? Gaps, Circle Plain);
[Message] public partial interface IDrawn;
[Message] public partial interface IRound : IDrawn;
[Message] public sealed partial record Circle(double Radius) : IRound;
[Message("d.o.t\"")][method: JsonConstructor] public readonly partial record struct Dot(int X, int Y) : IRound;
[Message] public sealed partial record Group(List<IDrawn> Items, IRound? Round) : IDrawn;
[Message] public sealed partial record Nothing : IDrawn;
[Message] public sealed partial record Board(Notice First, Notice[] Others);
[Message] public abstract partial record Notice;
[Message] public sealed partial record Note(string Text, Notice? Below) : Notice;
[Message] public sealed partial record Alarm(Colour Colour) : Notice;

[JsonConverter(typeof(JsonStringEnumConverter))] public enum Colour { Red, Green, [JsonStringEnumMemberName("dark-\"blue\"")] Blue = 7 }
[JsonConverter(typeof(JsonStringEnumConverter<Rights>)), Flags] public enum Rights : byte { None = 0, Read = 1, Write = 2, Delete = 4, All = 7 }
#pragma warning disable CA1069 // two names of one value are what this is about
[JsonConverter(typeof(JsonStringEnumConverter))] public enum Alias : long { Last = long.MaxValue, Second = 1, First = 1, Below = -1 }
#pragma warning restore CA1069
[JsonConverter(typeof(JsonStringEnumConverter))] public enum Odd { @class, größe, nothing = 100 }

/// <summary>Written as text, by a converter of its own.</summary>
[JsonConverter(typeof(CentsConverter))]
public readonly record struct Cents(long Value);

public sealed class CentsConverter : JsonConverter<Cents>
{
    public override Cents Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(long.Parse(reader.GetString()!));

    public override void Write(Utf8JsonWriter writer, Cents value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value.ToString());
}

/// <summary>Written as an object, and asked about null.</summary>
[JsonConverter(typeof(TemperatureConverter))]
public sealed record Temperature(int Degrees);

public sealed class TemperatureConverter : JsonConverter<Temperature>
{
    public override bool HandleNull => true;

    public override Temperature Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return new(0);
        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || !reader.ValueTextEquals("°"u8) || !reader.Read()) throw new JsonException();
        var degrees = reader.GetInt32();
        return reader.Read() && reader.TokenType == JsonTokenType.EndObject ? new(degrees) : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, Temperature value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("°", value?.Degrees ?? 0);
        writer.WriteEndObject();
    }
}

/// <summary>Read from anything without reading it: which is refused.</summary>
[JsonConverter(typeof(NeverConverter))]
public readonly record struct Never;

public sealed class NeverConverter : JsonConverter<Never>
{
    public override Never Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => default;

    public override void Write(Utf8JsonWriter writer, Never value, JsonSerializerOptions options) => writer.WriteNullValue();
}

public sealed class ReversedConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Reverse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Reverse(value));

    private static string Reverse(string text) => string.Concat(text.EnumerateRunes().Reverse());
}

public sealed class TenthsConverter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (int)(reader.GetDecimal() * 10);

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value / 10m);
}

/// <summary>Its factory makes the converter.</summary>
[JsonConverter(typeof(WrappedConverters))]
public readonly record struct Wrapped<T>(T Value);

public sealed class WrappedConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        typeToConvert == typeof(Wrapped<int>) ? new OfNumber() : new OfText();

    private sealed class OfNumber : JsonConverter<Wrapped<int>>
    {
        public override Wrapped<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

        public override void Write(Utf8JsonWriter writer, Wrapped<int> value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }

    private sealed class OfText : JsonConverter<Wrapped<string>>
    {
        public override Wrapped<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Wrapped<string> value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}

[method: JsonConstructor] public readonly record struct Pair<TFirst, TSecond>(TFirst First, TSecond Second);
public record Child(string Name, int Age) { public bool IsTall { get; init; } }
