using System.Text.Json.Serialization;

namespace Peers.Bench.Servers;

[method: JsonConstructor]
internal readonly record struct JsonMove(string Type, int Tick, double X, double Y);

[method: JsonConstructor]
internal readonly record struct JsonMoved(string Type, int Tick, double X, double Y);

/// <summary>What SignalR carries: there the name of the method says what a message is.</summary>
[method: JsonConstructor]
public readonly record struct HubMove(int Tick, double X, double Y);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonMove))]
[JsonSerializable(typeof(JsonMoved))]
[JsonSerializable(typeof(HubMove))]
internal sealed partial class ServerJson : JsonSerializerContext;
