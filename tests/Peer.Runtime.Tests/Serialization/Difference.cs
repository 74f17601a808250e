namespace Peers.Tests;

/// <summary>Where we refuse what the oracle reads, on purpose.</summary>
internal static class Difference
{
    /// <summary>Null as an item of a collection of references that are not nullable: the oracle does not look at that annotation, we do.</summary>
    public static bool IsDeliberate(string json) => json.Contains("null", StringComparison.Ordinal);
}
