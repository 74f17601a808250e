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

    private static string[] Outputs(params (string Path, string Text)[] sources) =>
        [.. Generated.Driver().RunGenerators(Compile(sources)).GetRunResult().Results[0].GeneratedSources
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
