namespace Peers.Tests;

/// <summary>Where we refuse what the oracle reads, on purpose.</summary>
internal static class Difference
{
    /// <summary>Whether null or infinity is why.</summary>
    public static bool IsDeliberate<T>(string json, T theirs) => HoldsNull(json) || HoldsInfinity(theirs);

    // Null as an item of a collection of references that are not nullable: the oracle does not look at that annotation, we do.
    private static bool HoldsNull(string json) => json.Contains("null", StringComparison.Ordinal);

    // A number beyond its type: the oracle makes it infinite, and could not write that.
    private static bool HoldsInfinity<T>(T theirs) => Oracle.HasForm(theirs) && Oracle.Form(theirs)?.ToJsonString().Contains("Infinity\"", StringComparison.Ordinal) == true;
}
