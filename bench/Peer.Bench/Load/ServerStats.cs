using System.Text.Json.Serialization;

namespace Peers.Bench.Load;

/// <summary>What a server says of itself at <c>/stats</c>.</summary>
/// <param name="Allocated">Bytes allocated since it started.</param>
/// <param name="CpuMicroseconds">Processor time used since it started.</param>
/// <param name="Resident">Bytes of memory that are resident now.</param>
/// <param name="Live">Bytes on the managed heap.</param>
/// <param name="CompileMicroseconds">Time spent compiling since it started; 0 where it was compiled before, or does not say.</param>
internal sealed record ServerStats(long Allocated, double CpuMicroseconds, long Resident, long Live, double CompileMicroseconds)
{
    private static readonly HttpClient s_http = new();

    /// <summary>What being asked allocates, so that it is not put down to messages. Asked while nothing else happens.</summary>
    public static long CostOf(IReadOnlyList<int> ports)
    {
        for (var i = 0; i < 10; i++) Of(ports);
        var before = Of(ports);
        return Of(ports).Allocated - before.Allocated;
    }

    /// <summary>Asks every node, and adds up.</summary>
    public static ServerStats Of(IReadOnlyList<int> ports) =>
        ports.Select(port => Of(port)).Aggregate(static (sum, one) => new(
            sum.Allocated + one.Allocated,
            sum.CpuMicroseconds + one.CpuMicroseconds,
            sum.Resident + one.Resident,
            sum.Live + one.Live,
            sum.CompileMicroseconds + one.CompileMicroseconds));

    /// <summary>Asks the server, which first collects its garbage where that is wanted.</summary>
    public static ServerStats Of(int port, bool collect = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/stats{(collect ? "?collect" : "")}");
        using var response = s_http.Send(request);
        response.EnsureSuccessStatusCode();
        return response.Content.ReadFromJsonAsync(StatsJson.Default.ServerStats).GetAwaiter().GetResult()!;
    }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ServerStats))]
internal sealed partial class StatsJson : JsonSerializerContext;
