using System.Text.RegularExpressions;

namespace Peers.Tests;

/// <summary>Every option is documented, and has tests of what it does.</summary>
public sealed partial class OptionDocsTests
{
    public static TheoryData<string> Options { get; } = [.. Names(typeof(PeerOptions))];

    [Theory, MemberData(nameof(Options))]
    public void An_option_has_one_row_in_the_docs(string option)
    {
        var dot = option.IndexOf('.', StringComparison.Ordinal);
        var page = Repository.Read(option.StartsWith("Compression.", StringComparison.Ordinal) ? "docs/compression.md" : "docs/limits.md");

        Assert.Single(Regex.Matches(page, $@"^\| `{option[(dot + 1)..]}` \|(?![^\n]*\n\|---)", RegexOptions.Multiline));
        if (dot >= 0) Assert.Contains($"\n| `{option[..(dot + 1)]}` |", page, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Options))]
    public void An_option_has_a_test_of_its_effect(string option) => Assert.Contains(option, Tested);

    [Fact]
    public void No_test_is_for_an_option_that_is_gone() => Assert.Subset(Names(typeof(PeerOptions)).ToHashSet(), Tested);

    private static HashSet<string> Tested { get; } = Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
        .SelectMany(path => OptionTrait().Matches(File.ReadAllText(path)).Select(trait => trait.Groups[1].Value))
        .ToHashSet();

    // Groups such as Compression are classes of our own; everything else is an option.
    private static IEnumerable<string> Names(Type type, string prefix = "") => type.GetProperties().SelectMany(property =>
        property.PropertyType.Assembly == typeof(PeerOptions).Assembly && property.PropertyType.IsClass ? Names(property.PropertyType, $"{prefix}{property.Name}.") : [prefix + property.Name]);

    [GeneratedRegex(@"\[Trait\(""option"", ""([\w.]+)""\)\]")]
    private static partial Regex OptionTrait();
}
