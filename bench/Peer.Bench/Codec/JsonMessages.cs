using System.Text.Json.Serialization;

namespace Peers.Bench.Codec;

// The messages as System.Text.Json would have them: the same wire, the same members.

[method: JsonConstructor]
internal readonly record struct JsonNumbers(int Tick, double X, double Y)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "numbers";
}

[method: JsonConstructor]
internal readonly record struct JsonSmall(int Id, string Text)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "small";
}

internal sealed record JsonMedium(
    Guid Id,
    string Name,
    int Count,
    long Total,
    double Price,
    double Ratio,
    bool IsActive,
    DateTimeOffset CreatedAt,
    Level Level,
    string? Note,
    string[] Tags,
    string City)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "medium";
}

internal sealed record JsonLarge(Item[] Items)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "large";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonNumbers))]
[JsonSerializable(typeof(JsonSmall))]
[JsonSerializable(typeof(JsonMedium))]
[JsonSerializable(typeof(JsonLarge))]
internal sealed partial class CodecJson : JsonSerializerContext;
