using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Peers.Tests;

// What messages look like: one a kind of member, of constructor and of nesting.
[Message] public readonly partial record struct NoMembers;
[Message][method: JsonConstructor] public readonly partial record struct OneText(string Text);
[Message][method: JsonConstructor] public readonly partial record struct TwoTexts(string Who, string Text);
[Message][method: JsonConstructor] public readonly partial record struct MaybeText(string? Text, string? Other);
[Message][method: JsonConstructor] public readonly partial record struct Letters(char One, char? Other);
[Message][method: JsonConstructor] public readonly partial record struct Flags(bool A, bool B, bool? C);
[Message][method: JsonConstructor] public readonly partial record struct SmallNumbers(byte A, sbyte B, short C, ushort D);
[Message][method: JsonConstructor] public readonly partial record struct WholeNumbers(int A, uint B, long C, ulong D);
[Message][method: JsonConstructor] public readonly partial record struct HugeNumbers(Int128 A, UInt128 B);
[Message][method: JsonConstructor] public readonly partial record struct RealNumbers(double A, float B, Half C);
[Message][method: JsonConstructor] public readonly partial record struct Money(decimal Amount, decimal? Discount);
[Message][method: JsonConstructor] public readonly partial record struct MaybeNumbers(int? A, double? B, long? C, byte? D);
[Message][method: JsonConstructor] public readonly partial record struct Ids(Guid Id, Guid? Other, PeerId Peer, PeerId? Former);
[Message][method: JsonConstructor] public readonly partial record struct Moments(DateTime At, DateTimeOffset Exactly, DateTime? Then);
[Message][method: JsonConstructor] public readonly partial record struct Spans(DateOnly Day, TimeOnly Time, TimeSpan Length, TimeSpan? Other);
[Message] public sealed partial record Links(Uri Home, Uri? Other, Version Version, Version? Former);
[Message] public sealed partial record Blobs(byte[] Data, byte[]? Other);
[Message][method: JsonConstructor] public readonly partial record struct Kinds(DayOfWeek Day, Size Size, Size? Other, Signed Signed);
[Message] public sealed partial record Arrays(int[] Numbers, string[] Texts, string?[]? Gaps, Size[] Sizes, int?[] Holes);
[Message] public sealed partial record Lists(List<string> A, IList<int> B, ICollection<Guid> C, IEnumerable<bool> D, IReadOnlyList<double> E, IReadOnlyCollection<long> F);
[Message] public sealed partial record Immutables(ImmutableArray<int> A, ImmutableList<string> B, ImmutableHashSet<int> C, ImmutableDictionary<string, int> D);
[Message] public sealed partial record Sets(HashSet<int> A, ISet<string> B, HashSet<Guid>? C);
[Message] public sealed partial record ReadOnlys(ReadOnlyCollection<int> A, IReadOnlySet<Guid> B, ReadOnlyDictionary<string, int> C);
[Message] public sealed partial record Maps(Dictionary<string, int> A, IReadOnlyDictionary<string, string?> B, IDictionary<string, List<int>> C, SortedDictionary<string, bool>? D);
[Message] public sealed partial record Jagged(int[][] Rows, List<List<string>> Lines, Dictionary<string, Dictionary<string, int[]>> Deep);
[Message] public sealed partial record Nested(Point At, Point? From, Person Who, Person? Other, Person[] Friends, Dictionary<string, Point> Places);
[Message] public sealed partial record Tree(string Name, Tree? Left, List<Tree> Others);

[Message("a-name.of \"its\" own/ü")]
public sealed partial record Named([property: JsonPropertyName("the-text")] string Text, [property: JsonPropertyName("ß\"\\")] int Number);

[Message]
public sealed partial class Properties
{
    public required string Name { get; set; }
    public int Age { get; init; }
    public string? Nick { get; set; }
    public string Greeting { get; set; } = "hello";
    public string Language { get; init; } = "en";
    public List<int> Scores { get; init; } = [1, 2, 3];
    [JsonRequired] public double Weight { get; set; }
    [JsonIgnore] public int Ignored { get; set; }
    public int Doubled => Age * 2;
}

[Message]
public partial struct Mutable
{
    public Mutable() { }
    public int A { get; set; } = 7;
    public string? B { get; init; } = "b";
    public Point C { get; set; }
}

[Message]
public sealed partial record Defaults(
    int Number = 42, string Text = "a \"quoted\" text", string? Maybe = "maybe", double Half = 0.5, Size Size = Size.Large, bool Yes = true,
    char Letter = '\'', decimal Price = 9.99m, long? None = null, DayOfWeek? Day = null, ulong Most = ulong.MaxValue, float Least = -1.5f, short Short = -3);

[Message]
public sealed partial class Constructed
{
    [JsonConstructor]
    private Constructed(string name, int count) => (Name, Count) = (name, count);

    public Constructed(string name) : this(name, 1) { }

    public string Name { get; }
    public int Count { get; }
    public string? Extra { get; set; }
}

[Message]
public sealed partial class Omitting
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? A { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int B { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int? C { get; set; }
    public SparseInside Inside { get; set; } = new();
}

public sealed class SparseInside
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? A { get; set; }
    public int? B { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool C { get; set; }
}

[Message]
public sealed partial record Mixed(
    int Id, string Name, bool Active, double Score, Guid Token, DateTimeOffset At, string? Note, Size Size, long Total, int[] Marks, Point Place, decimal Price);

[Message]
public sealed partial record Wide(
    int A01, int A02, int A03, int A04, int A05, int A06, int A07, int A08, int A09, int A10, int A11, int A12, int A13, int A14, int A15, int A16, int A17,
    int A18, int A19, int A20, int A21, int A22, int A23, int A24, int A25, int A26, int A27, int A28, int A29, int A30, int A31, int A32, int A33, int A34,
    int A35, int A36, int A37, int A38, int A39, int A40, int A41, int A42, int A43, int A44, int A45, int A46, int A47, int A48, int A49, int A50, int A51,
    int A52, int A53, int A54, int A55, int A56, int A57, int A58, int A59, int A60, int A61, int A62, int A63, int A64, int A65, int A66, string Last);

[Message]
public sealed partial record Keywords(string @class, string Reader, string Message, string Seen, string Value, string Writer, int @int, string Item, string Name);

public abstract record Animal(string Name) { public int Legs { get; init; } = 4; }
[Message] public sealed partial record Dog(string Name, string Breed) : Animal(Name) { public required bool IsGood { get; set; } }

[method: JsonConstructor] public readonly record struct Point(int X, int Y);
public sealed record Person(string Name, int? Age, Point? Home) { public List<string> Tags { get; init; } = []; }
public enum Size : byte { Small = 1, Large = 200 }
public enum Signed : short { Below = -5, Above = 5 }
