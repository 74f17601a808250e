namespace Peers.Bench.Codec;

/// <summary>No strings: to write and to read it takes no memory.</summary>
[Message]
internal readonly partial record struct Numbers(int Tick, double X, double Y);

/// <summary>37 bytes.</summary>
[Message]
internal readonly partial record struct Small(int Id, string Text);

/// <summary>12 members of all kinds, about 300 bytes.</summary>
[Message]
internal sealed partial record Medium(
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
    string City);

/// <summary>A hundred of those.</summary>
[Message]
internal sealed partial record Large(Item[] Items);

/// <summary>The members of <see cref="Medium"/> as a part of a message.</summary>
internal sealed record Item(
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
    string City);

internal enum Level
{
    Low,
    Middle,
    High,
}
