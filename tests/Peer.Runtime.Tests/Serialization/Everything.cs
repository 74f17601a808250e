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
}
