namespace Peers.Tests;

/// <summary>On the command line no analyzer is asked once the compiler has found a type that is not partial, so the generator speaks up.</summary>
public sealed class NotPartialTests
{
    [Theory]
    [InlineData("\nclass Chat { [OnOpen] void Opened() { } }", "(2,7): error PEER001: Handler 'Chat' cannot be completed by the compiler, because 'Chat' is not partial. Add 'partial' to 'Chat'.")]
    [InlineData("class A { [Message] internal readonly partial record struct Say; }", "(1,7): error PEER005: Message 'Say' cannot be completed by the compiler, because 'A' is not partial. Add 'partial' to 'A'.")]
    [InlineData("static class C { [Channel(\"a\")] public static partial PeerChannel<string> A { get; } }", "(1,14): error PEER007: Channel 'C.A' stands in 'C', which is not partial. Add 'partial' to 'C'.")]
    public void The_generator_says_what_the_analyzer_says_and_in_the_same_place(string source, string expected) =>
        Assert.Equal("Source.cs" + expected, Assert.Single(Generated.From(source).Result.Diagnostics).ToString());

    [Fact]
    public void Of_everything_else_it_says_nothing() =>
        Assert.Empty(Generated.From("partial class Chat { [OnOpen] int Opened() => 1; } [Message] partial record Say(object Body);").Result.Diagnostics);
}
