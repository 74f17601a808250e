using System.Text.Json.Serialization;

namespace Peers.Bench.Servers;

[method: JsonConstructor]
internal readonly record struct JsonMove(string Type, int Tick, double X, double Y);

[method: JsonConstructor]
internal readonly record struct JsonMoved(string Type, int Tick, double X, double Y);

/// <summary>What SignalR carries: there the name of the method says what a message is.</summary>
[method: JsonConstructor]
public readonly record struct HubMove(int Tick, double X, double Y);

[method: JsonConstructor]
internal readonly record struct JsonWidget(string Type, [property: JsonPropertyName("$id")] int Id, int Number);

[method: JsonConstructor]
internal readonly record struct JsonContent(string Type, [property: JsonPropertyName("$re")] int Re, string Text);

/// <summary>A request for content, as SignalR carries it.</summary>
[method: JsonConstructor]
public readonly record struct HubWidget(int Number);

/// <summary>The content that was requested, as SignalR carries it.</summary>
[method: JsonConstructor]
public readonly record struct HubContent(string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonMove))]
[JsonSerializable(typeof(JsonMoved))]
[JsonSerializable(typeof(HubMove))]
[JsonSerializable(typeof(JsonWidget))]
[JsonSerializable(typeof(JsonContent))]
[JsonSerializable(typeof(HubWidget))]
[JsonSerializable(typeof(HubContent))]
internal sealed partial class ServerJson : JsonSerializerContext;
