using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Peers.Tests;

/// <summary>A member of each kind, none of them required.</summary>
[Message]
public sealed partial class Everything
{
    public string T { get; set; } = "";
    public string? M { get; set; }
    public int I { get; set; }
    public long L { get; set; }
    public ulong U { get; set; }
    public byte B { get; set; }
    public double D { get; set; }
    public decimal P { get; set; }
    public bool F { get; set; }
    public Guid G { get; set; }
    public char C { get; set; } = 'c';
    public byte[]? A { get; set; }
    public DateTime W { get; set; }
    public DateTimeOffset O { get; set; }
    public DateOnly Y { get; set; }
    public TimeOnly H { get; set; }
    public TimeSpan S { get; set; }
    public Version? V { get; set; }
    public Uri? R { get; set; }
    public Size E { get; set; }
    public int[]? N { get; set; }
    public Dictionary<string, int>? K { get; set; }
    public Point X { get; set; }
    public Colour Cl { get; set; }
    public Rights? Ri { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public int Qi { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public byte Qb { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public ulong Qu { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public Int128 Qh { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public UInt128 Qg { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] public double Qd { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] public float Qf { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] public Half Qt { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public decimal Qp { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public List<int?>? Ql { get; set; }
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] public double Qn { get; set; }
    public JsonElement? El { get; set; }
    [RawJson] public ReadOnlyMemory<byte>? Ra { get; set; }
    public ReadOnlyMemory<byte> Me { get; set; }
    public Cents Ce { get; set; }
    public Temperature? Te { get; set; }
    public Never? Ne { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] public int Wr { get; set; } = 3;
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] public int Ww { get; set; }
    public ImmutableArray<int>? Ia { get; set; }
    public SortedSet<int>? So { get; set; }
}
