using System.Text.Json.Serialization;

namespace Peers.Bench.Codec;

// One message for each kind of value, eight of it each: they tell where time goes, and count in no median.

[Message]
internal readonly partial record struct Ints(int A, int B, int C, int D, int E, int F, int G, int H);

[Message]
internal readonly partial record struct Longs(long A, long B, long C, long D, long E, long F, long G, long H);

[Message]
internal readonly partial record struct Doubles(double A, double B, double C, double D, double E, double F, double G, double H);

[Message]
internal readonly partial record struct Bools(bool A, bool B, bool C, bool D, bool E, bool F, bool G, bool H);

[Message]
internal readonly partial record struct Guids(Guid A, Guid B, Guid C, Guid D, Guid E, Guid F, Guid G, Guid H);

[Message]
internal readonly partial record struct Dates(DateTimeOffset A, DateTimeOffset B, DateTimeOffset C, DateTimeOffset D, DateTime E, DateTime F, DateTime G, DateTime H);

[Message]
internal readonly partial record struct Texts(string A, string B, string C, string D, string E, string F, string G, string H);

[Message]
internal readonly partial record struct Lists(int[] A, string[] B);

[method: JsonConstructor]
internal readonly record struct JsonInts(int A, int B, int C, int D, int E, int F, int G, int H)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "ints";
}

[method: JsonConstructor]
internal readonly record struct JsonLongs(long A, long B, long C, long D, long E, long F, long G, long H)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "longs";
}

[method: JsonConstructor]
internal readonly record struct JsonDoubles(double A, double B, double C, double D, double E, double F, double G, double H)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "doubles";
}

[method: JsonConstructor]
internal readonly record struct JsonBools(bool A, bool B, bool C, bool D, bool E, bool F, bool G, bool H)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "bools";
}

[method: JsonConstructor]
internal readonly record struct JsonGuids(Guid A, Guid B, Guid C, Guid D, Guid E, Guid F, Guid G, Guid H)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "guids";
}

[method: JsonConstructor]
internal readonly record struct JsonDates(DateTimeOffset A, DateTimeOffset B, DateTimeOffset C, DateTimeOffset D, DateTime E, DateTime F, DateTime G, DateTime H)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "dates";
}

[method: JsonConstructor]
internal readonly record struct JsonTexts(string A, string B, string C, string D, string E, string F, string G, string H)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "texts";
}

[method: JsonConstructor]
internal readonly record struct JsonLists(int[] A, string[] B)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "lists";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonInts))]
[JsonSerializable(typeof(JsonLongs))]
[JsonSerializable(typeof(JsonDoubles))]
[JsonSerializable(typeof(JsonBools))]
[JsonSerializable(typeof(JsonGuids))]
[JsonSerializable(typeof(JsonDates))]
[JsonSerializable(typeof(JsonTexts))]
[JsonSerializable(typeof(JsonLists))]
internal sealed partial class KindJson : JsonSerializerContext;
