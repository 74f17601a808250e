using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peers.Generators;

namespace Peers.Tests;

/// <summary>Each type has a file of its own. Two equal names used to end the generator, and with it everything that it makes (CS8785).</summary>
public sealed class HintNameTests
{
    [Theory]
    [InlineData(3, "namespace App.Api { [Message] public sealed partial record Say; } namespace App.API { [Message] public sealed partial record Say; } [PeerHandler] partial class Chat { [OnMessage] void On(App.API.Say say) { } }")]
    [InlineData(3, "namespace A { [Message] public sealed partial record B; } [Message] public sealed partial record AB; namespace a { [Message] public sealed partial record b; }")]
    [InlineData(3, "[Message] public sealed partial record Say; [Message] public sealed partial record say; [Message] public sealed partial record SAY;")]
    [InlineData(3, "[Message] public sealed partial record Page; [Message] public sealed partial record Page<T>; [Message] public sealed partial record page<T, U>;")]
    [InlineData(3, "[Message] public sealed partial record A<T>; [Message] public sealed partial record a; [Message] public sealed partial record A;")]
    [InlineData(2, "partial class Outer { [Message] public sealed partial record Say; } partial class outer { [Message] public sealed partial record Say; }")]
    [InlineData(2, "partial class Outer { [Message] public sealed partial record Say; } partial class Outer<T> { [Message] public sealed partial record Say; }")]
    [InlineData(2, "namespace App { [Message] public sealed partial record Say; } partial class App_ { [Message] public sealed partial record Say; }")]
    [InlineData(2, "namespace @class { [Message] public sealed partial record @event; } namespace @Class { [Message] public sealed partial record @event; }")]
    [InlineData(2, "[Message] public sealed partial record \u00c9tat; [Message] public sealed partial record \u00e9tat;")]
    [InlineData(2, "[Message] public partial interface IEvent; [Message] public partial interface IEVENT;")]
    [InlineData(2, "static partial class Rooms { [Channel(\"a\")] public static partial PeerChannel<string> A { get; } } static partial class rooms { [Channel(\"b\")] public static partial PeerChannel<string> A { get; } }")]
    [InlineData(2, "[Message] public sealed partial class Chat { [OnOpen] void Opened() { } }")]
    public void Types_that_are_nearly_alike_are_all_generated(int files, string source)
    {
        var generated = Generated.From(source);
        generated.AssertNoProblems();
        Assert.Equal(files, generated.Result.GeneratedTrees.Length);
    }

    // These do not compile. The generator has nothing to do with that, and nothing to add to it.
    [Theory]
    [InlineData("[Message] public sealed partial record Say; [Message] public partial struct Say; [Message] public sealed partial class Say;")]
    [InlineData("[Message] public sealed partial record Say; [Message] public sealed partial record Say;")]
    [InlineData("[Message] public sealed record Say; [Message] public sealed record Say;")]
    [InlineData("[PeerHandler] public partial class Chat { [OnOpen] void A() { } } [PeerHandler] public partial class Chat { [OnOpen] void A() { } }")]
    [InlineData("[PeerHandler] public partial class Chat { } [PeerHandler] public partial struct Chat { }")]
    [InlineData("[Message] public partial interface IEvent; [Message] public partial interface IEvent;")]
    [InlineData("static partial class C { [Channel(\"a\")] public static partial PeerChannel<string> A { get; } [Channel(\"a\")] public static partial PeerChannel<string> A => default; }")]
    [InlineData("partial class C { [OnOpen] partial void A(); [OnOpen] partial void A() { } }")]
    [InlineData("namespace App; [OnOpen] void Opened(Peer peer) { }")]
    [InlineData("[Channel(\"a\")] static partial PeerChannel<string> A { get; }")]
    [InlineData("namespace App { [OnMessage] void Say(string text); [Channel(\"a\")] int A; [OnOpen] delegate void D(); }")]
    [InlineData("[PeerHandler] partial class Chat { [PeerHandler] void A() { } [PeerHandler] int B { get; } }")]
    [InlineData("[OnOpen] partial class Chat { [Message] void A() { } [Message] int B { get; } [OnClose] void C() { } }")]
    [InlineData("[Message] public sealed partial record ;")]
    [InlineData("[Message] public sealed partial record")]
    [InlineData("[PeerHandler] partial class { [OnOpen] void A() { } }")]
    [InlineData("partial class C { [OnOpen] [OnOpen] void A() { } [OnOpen] int B; [OnOpen] event Action E; [OnOpen] ~C() { } }")]
    [InlineData("static partial class E { extension(int number) { [Channel(\"a/{number}\")] public static partial PeerChannel<string> A { get; } [OnOpen] void B() { } } }")]
    public void A_mistake_leaves_every_other_type_generated(string source)
    {
        var generated = Generated.From(source + "\nnamespace Others { [Message] public sealed partial record Other; }");
        Assert.Null(generated.Result.Results[0].Exception);
        Assert.Contains(generated.Result.Results[0].GeneratedSources, s => s.HintName.StartsWith("Other-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_is_short_however_long_those_of_the_type_and_its_namespaces_are()
    {
        var space = string.Join('.', Enumerable.Repeat("CustomerRelationshipManagement", 12));
        var source = $"namespace {space} {{ public partial class OrderProcessingWorkflowMessages {{ [Message] public sealed partial record {new string('X', 300)}; }} }}";
        Assert.All(Generated.From(source).Result.Results[0].GeneratedSources, s => Assert.InRange(s.HintName.Length, 1, 80));
    }

    [Theory]
    [InlineData("[OnOpen] void Opened(Peer peer) { }", "PEER002: Hook 'Opened' is outside of a class. Move it into a partial class.")]
    [InlineData("[Channel(\"a\")] static PeerChannel<string> A => default;", "PEER007: Channel 'A' is outside of a class. Move it into a partial class.")]
    public void A_hook_or_channel_outside_of_a_class_is_reported_beside_the_compiler(string member, string expected)
    {
        var generated = Generated.From($"namespace App; {member}");
        Assert.EndsWith(expected, Assert.Single(generated.Result.Diagnostics).ToString(), StringComparison.Ordinal);
        Assert.Equal(["CS0116"], generated.Compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id));
    }

    // An exception in the generator used to end all of it.
    [Theory]
    [InlineData("Broken", "Broken")]
    [InlineData("Broken-", "Broken")]
    [InlineData("Chat", "Chat")]
    [InlineData("Chat-", "Chat")]
    [InlineData("IEvent", "IEvent")]
    [InlineData("PointMessage-", "Peers.MessageTypes.PointMessage")]
    [InlineData("Point", "System.Drawing.Point")]
    public void An_error_of_the_generators_own_names_the_type_and_every_other_type_is_generated(string place, string type)
    {
        const string Source = """
            [assembly: MessageType<System.Drawing.Point>]
            [Message] public sealed partial record Broken;
            [Message] public partial interface IEvent;
            [Message] public sealed partial record Said : IEvent;
            [PeerHandler] public sealed partial class Chat { }
            """;
        var isThrown = false;
        var generator = new PeerGenerator(name =>
        {
            var isHere = place.EndsWith('-') ? name.StartsWith(place, StringComparison.Ordinal) : name == place;
            isThrown |= isHere;
            if (isHere) throw new InvalidOperationException("Oh\nno.");
        });
        var result = Generated.Driver(generator: generator).RunGenerators(Generated.Compile(LanguageVersion.CSharp14, ("Source.cs", Source))).GetRunResult().Results[0];

        Assert.True(isThrown);
        Assert.Null(result.Exception);
        Assert.All(result.Diagnostics, d => Assert.Equal(
            $"Type '{type}' could not be completed, because of an error in the generator itself (InvalidOperationException: Oh no.). Report it, with the declaration of the type.",
            d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("PEER033", Assert.Single(result.Diagnostics.Select(d => d.Id).Distinct()));
        Assert.Equal(4, result.GeneratedSources.Count(s => !s.HintName.StartsWith("Microsoft", StringComparison.Ordinal)));
    }
}
