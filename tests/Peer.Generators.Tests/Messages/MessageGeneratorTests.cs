using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peers.Generators;

namespace Peers.Tests;

public sealed class MessageGeneratorTests
{
    private const string Said = "[Message] public sealed partial record Said(string Who, int? Count, List<string> Texts);";

    [Fact]
    public void The_code_is_the_same_wherever_in_its_file_the_type_stands() =>
        Assert.Equal(TextOf(Said), TextOf($"// moved\n\n\nclass Other;\n\n    {Said}"));

    [Fact]
    public void An_edit_elsewhere_writes_nothing_again()
    {
        var before = Generated.Compile(LanguageVersion.CSharp14, ("Source.cs", Said));
        var after = before.ReplaceSyntaxTree(before.SyntaxTrees[1], Generated.Parse(("Source.cs", $"// an edit\n{Said}\nclass Other;")));
        var result = Generated.Driver().RunGenerators(before).RunGenerators(after).GetRunResult().Results[0];

        var models = result.TrackedSteps[PeerGenerator.Models].SelectMany(step => step.Outputs).ToArray();
        Assert.NotEmpty(models);
        Assert.All(models, output => Assert.True(output.Reason is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached, output.Reason.ToString()));
    }

    [Theory]
    [InlineData("System.IO.Stream Value", "Value", "has no form on the wire")]
    [InlineData("object Value", "Value", "has no form on the wire")]
    [InlineData("Action Value", "Value", "has no form on the wire")]
    [InlineData("int[,] Value", "Value", "has no form on the wire")]
    [InlineData("nint Value", "Value", "has no form on the wire")]
    [InlineData("(int A, int B) Value", "Value", "has no form on the wire")]
    [InlineData("List<System.IO.Stream?> Value", "Value", "has no form on the wire")]
    [InlineData("Dictionary<int, string> Value", "Value", "has keys that are not strings")]
    [InlineData("Base Value", "Value", "is abstract, so there is nothing to make of what is read")]
    [InlineData("Inner Value", "Lock", "has no form on the wire")]
    [InlineData("string Type", "Type", "is called 'type' on the wire, which belongs to the protocol")]
    public void What_cannot_be_on_the_wire_is_found_at_its_member(string member, string symbol, string why)
    {
        var source = $"public abstract class Base; public class Inner {{ public System.Threading.Lock? Lock {{ get; set; }} }} [Message] public sealed partial record Wrong({member});";
        var problem = Assert.Single(Check(source, "Wrong"));
        Assert.Equal((symbol, why), (problem.Symbol.Name, problem.Why));
    }

    [Theory]
    [InlineData("public Wrong(int a, int b) { } public int A { get; }", "is a constructor parameter without a public property of the same name and type")]
    [InlineData("public Wrong(int a) { A = a; } public Wrong(string b) { B = b; } public int A { get; } public string? B { get; }", "has no constructor that can be chosen: mark one that is accessible with [JsonConstructor]")]
    [InlineData("public required int Field;", "is a required field, and only properties are read")]
    [InlineData("[System.Text.Json.Serialization.JsonPropertyName(\"b\")] public int A { get; set; } public int B { get; set; }", "is called 'b' on the wire, as another property is")]
    public void What_cannot_be_made_is_found(string members, string why) =>
        Assert.Equal(why, Assert.Single(Check($"[Message] public sealed partial class Wrong {{ {members} }}", "Wrong")).Why);

    [Fact]
    public void A_type_that_nothing_can_be_added_to_gets_nothing() =>
        Assert.Empty(Generated.From("[Message] file sealed partial record Fixed(string Text);").Result.GeneratedTrees);

    private static string TextOf(string source) => Assert.Single(Generated.From(source).Result.GeneratedTrees).ToString();

    private static IReadOnlyList<MessageProblem> Check(string source, string type)
    {
        var compilation = Generated.Compile(LanguageVersion.CSharp14, ("Source.cs", source));
        return MessageTypeChecker.Check(compilation.GetTypeByMetadataName(type)!, compilation, CancellationToken.None);
    }
}
