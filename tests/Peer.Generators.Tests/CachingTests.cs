using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peers.Generators;

namespace Peers.Tests;

/// <summary>What an edit costs: models are equal when nothing that matters has changed, and then nothing is written again.</summary>
public sealed class CachingTests
{
    private const string Chat = """
        [PeerHandler("/{room}")]
        public sealed partial class Chat(IServiceProvider services)
        {
            [Channel("room/{room}", Join = true)] public static partial PeerChannel<string> Room(string room);
            [OnOpen] void Opened(Peer peer, [Microsoft.AspNetCore.Mvc.FromServices] IServiceProvider other) => services.ToString();
            [OnMessage] void Say(Say say) { }
        }
        """;

    private const string Messages = """
        [Message] public readonly partial record struct Say(string Text, int[] Numbers, Part Part);
        [Message] public sealed partial record Other(string Text, Dictionary<string, Part>? Parts);
        public record Part(string Name);
        """;

    [Fact]
    public void An_edit_elsewhere_leaves_everything_cached() => AssertOutputsAfter(
        edit: ("C.cs", "class Elsewhere { int _field; }"),
        (IncrementalStepRunReason.Cached, 3));

    [Fact]
    public void Moving_code_leaves_its_output_as_it_was() => AssertOutputsAfter(
        edit: ("A.cs", "// A comment above.\n\n" + Chat.Replace("{ }", "{ return; }", StringComparison.Ordinal)),
        (IncrementalStepRunReason.Cached, 3));

    // Models are remembered while declarations stay: each of these edits is in another file than what depends on it.
    private const string Dependent = """
        namespace Shop;
        [Message(Names.Sale)] public sealed partial record Sale(Line Line, Id Id) : Priced;
        [PeerHandler("/")] public sealed partial class Till { [OnMessage] void Sell(Sale sale) { } }
        """;

    private const string Depended = """
        global using Id = System.Int32;
        public static class Names { public const string Sale = "sale"; public static int Count() { return 1; } }
        public abstract record Priced { public decimal Price { get; set; } public string? Note { get; init; } }
        public record Line(string Name, int Count);
        namespace Shop { public sealed partial class Till { [OnClose] void Closed(Peer peer) { peer.ToString(); } } }
        """;

    [Theory]
    [InlineData("Sale = \"sale\"", "Sale = \"sold\"")]
    [InlineData("string Name, int Count", "string Name, long Count")]
    [InlineData("record Line(string Name, int Count)", "record Line(string Name, int Count) { public int Other { get; set; } }")]
    [InlineData("Id = System.Int32", "Id = System.Int64")]
    [InlineData("namespace Shop {", "namespace Shop { public record Line(bool IsAnother);")]
    [InlineData("[OnClose] void Closed(Peer peer)", "[OnClose] void Closed(Peer peer, CloseEvent close)")]
    [InlineData("[OnClose]", "[OnOpen]")]
    [InlineData("public record Line(string Name", "#nullable disable\npublic record Line(string Name")]
    public void A_declaration_changed_elsewhere_gives_what_a_first_run_gives(string before, string after)
    {
        var edited = Depended.Replace(before, after, StringComparison.Ordinal);
        var first = Compile(("A.cs", Dependent), ("B.cs", Depended));
        var driver = Generated.Driver().RunGenerators(first, TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(Replace(first, "B.cs", edited), TestContext.Current.CancellationToken);

        Assert.NotEqual(Outputs(("A.cs", Dependent), ("B.cs", Depended)), Outputs(driver));
        Assert.Equal(Outputs(("A.cs", Dependent), ("B.cs", edited)), Outputs(driver));
    }

    // A token that fits nowhere is part of no node, so its tree used to pass for unchanged, although an attribute stands on nothing then.
    [Fact]
    public void A_token_that_fits_nowhere_changes_what_is_declared()
    {
        const string Handler = "[PeerHandler] public partial class Till { [OnMessage] void Sell(Sale sale) { } }";
        const string Message = "[Message] public readonly partial record struct Sale;";
        var edited = Message.Replace("[Message] public", "[Message] in public", StringComparison.Ordinal);
        var first = Compile(("A.cs", Handler), ("B.cs", Message));
        var driver = Generated.Driver().RunGenerators(first, TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(Replace(first, "B.cs", edited), TestContext.Current.CancellationToken);
        Assert.Equal(Outputs(("A.cs", Handler), ("B.cs", edited)), Outputs(driver));
    }

    [Theory]
    [InlineData("return 1;", "return Math.Max(1, 2);")]
    [InlineData("peer.ToString();", "peer.Close();")]
    [InlineData("public record Line", "/* A comment. */ public record Line")]
    public void A_key_pressed_in_a_body_changes_no_declaration(string before, string after)
    {
        var stamp = new DeclarationStamp();
        var first = Compile(("A.cs", Dependent), ("B.cs", Depended));
        Assert.Same(stamp.Of(first), stamp.Of(Replace(first, "B.cs", Depended.Replace(before, after, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("Note { get; init; }", "Note { get; init; } = \"none\"")]
    [InlineData("Note { get; init; }", "Note { get => null; init { } }")]
    [InlineData("return 1; }", "return 1; } private static int _other;")]
    public void A_property_that_gets_a_value_or_a_body_changes_its_declaration(string before, string after)
    {
        var stamp = new DeclarationStamp();
        var first = Compile(("A.cs", Dependent), ("B.cs", Depended));
        Assert.NotSame(stamp.Of(first), stamp.Of(Replace(first, "B.cs", Depended.Replace(before, after, StringComparison.Ordinal))));
    }

    [Fact]
    public void References_options_and_the_number_of_files_count_as_declarations()
    {
        var stamp = new DeclarationStamp();
        var first = Compile(("A.cs", Dependent), ("B.cs", Depended));
        Compilation[] others = [first.RemoveReferences(first.References.First()), first.WithOptions(first.Options.WithAllowUnsafe(true)), first.RemoveSyntaxTrees(first.SyntaxTrees[^1])];
        foreach (var other in others) Assert.NotSame(stamp.Of(first), stamp.Of(other));
    }

    [Fact]
    public void A_changed_message_writes_that_message_alone() => AssertOutputsAfter(
        edit: ("B.cs", Messages.Replace("record Other(string Text", "record Other(string Words", StringComparison.Ordinal)),
        (IncrementalStepRunReason.Cached, 2),
        (IncrementalStepRunReason.Modified, 1));

    [Fact]
    public void A_changed_hook_writes_that_handler_alone() => AssertOutputsAfter(
        edit: ("A.cs", Chat.Replace("void Say(Say say)", "void Say(Say said)", StringComparison.Ordinal)),
        (IncrementalStepRunReason.Cached, 2),
        (IncrementalStepRunReason.Modified, 1));

    [Fact]
    public void The_order_of_files_does_not_change_the_output()
    {
        (string, string) first = ("A.cs", "partial class Split { [OnMessage] void Text(string text) { } [OnOpen] void Opened() { } }");
        (string, string) second = ("B.cs", "partial class Split { [OnMessage] void Say(Say say) { } [Channel(\"c\")] public static partial PeerChannel<string> C { get; } }");
        (string, string) messages = ("C.cs", Messages);

        Assert.Equal(Outputs(first, second, messages), Outputs(messages, second, first));
    }

    [Fact]
    public void A_path_does_not_show_in_the_output() =>
        Assert.Equal(Outputs(("/home/a/Chat.cs", Chat), ("/home/a/Messages.cs", Messages)), Outputs(("C:\\b\\Chat.cs", Chat), ("C:\\b\\Messages.cs", Messages)));

    [Fact]
    public void Models_hold_no_symbol_no_syntax_and_no_location()
    {
        var run = Generated.Driver().RunGenerators(Compile(("A.cs", Chat), ("B.cs", Messages)), TestContext.Current.CancellationToken).GetRunResult();
        var models = run.Results[0].TrackedSteps[PeerGenerator.Models].SelectMany(step => step.Outputs).Select(output => output.Value).ToArray();

        Assert.NotEmpty(models);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var model in models) AssertPlain(model, seen);
        Assert.Contains(seen, o => o is HookModel);
    }

    private static void AssertOutputsAfter((string Path, string Text) edit, params (IncrementalStepRunReason Reason, int Count)[] expected)
    {
        var before = Compile(("A.cs", Chat), ("B.cs", Messages), ("C.cs", ""));
        var driver = Generated.Driver().RunGenerators(before, TestContext.Current.CancellationToken);
        var old = before.SyntaxTrees.First(t => t.FilePath == edit.Path);
        driver = driver.RunGenerators(before.ReplaceSyntaxTree(old, Generated.Parse(edit)), TestContext.Current.CancellationToken);

        var reasons = driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).Select(o => o.Reason);
        Assert.Equal(expected, reasons.GroupBy(r => r).OrderBy(g => g.Count()).Reverse().Select(g => (g.Key, g.Count())));
    }

    private static CSharpCompilation Replace(CSharpCompilation compilation, string path, string text) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.First(t => t.FilePath == path), Generated.Parse((path, text)));

    private static string[] Outputs(params (string Path, string Text)[] sources) => Outputs(Generated.Driver().RunGenerators(Compile(sources)));

    private static string[] Outputs(GeneratorDriver driver) =>
        [.. driver.GetRunResult().Results[0].GeneratedSources
            .OrderBy(s => s.HintName, StringComparer.Ordinal)
            .Select(s => s.HintName + s.SourceText)];

    private static CSharpCompilation Compile(params (string Path, string Text)[] sources) => Generated.Compile(LanguageVersion.CSharp14, sources);

    private static void AssertPlain(object? value, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value)) return;

        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Location or Compilation or SemanticModel, value.GetType().FullName);
        if (value is IEnumerable items)
        {
            foreach (var item in items) AssertPlain(item, seen);
            return;
        }
        for (var type = value.GetType(); type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)) AssertPlain(field.GetValue(value), seen);
        }
    }
}
