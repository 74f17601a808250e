namespace Peers.Tests.Analyzers;

/// <summary>PEER027 and PEER028: what is wrong with a project as a whole.</summary>
public sealed class ProjectDiagnosticTests
{
    [Theory]
    [InlineData("namespace Peer.Chat;", "Peer.Chat")]
    [InlineData("namespace Peer;", "Peer")]
    [InlineData("namespace Peer.Chat { }", "Peer.Chat")]
    public Task A_namespace_that_begins_with_Peer(string declaration, string name) => Flags(
        declaration,
        $"PEER027 '{name}': Namespace '{name}' begins with 'Peer', which hides the type Peers.Peer. Begin it with another name.");

    [Theory]
    [InlineData("namespace Peers.Chat;")]
    [InlineData("namespace Chat.Peer;")]
    [InlineData("namespace Peering;")]
    [InlineData("namespace Chat { namespace Peer { } }")]
    public Task A_namespace_that_hides_nothing(string declaration) => Flags(declaration);

    [Fact]
    public Task An_abstract_class_that_no_handler_is_derived_from() => Flags(
        "abstract class Base { [OnOpen] protected void Opened() { } } abstract class Other : Base { }",
        "PEER028 'Base': Class 'Base' is abstract and no handler is derived from it, so its hooks never run. Derive a handler from it, or remove 'abstract'.");

    [Theory]
    [InlineData("abstract class Base { [OnOpen] protected void Opened() { } } abstract class Middle : Base { } [PeerHandler] partial class Chat : Middle { }")]
    [InlineData("abstract class Base<T> { [OnOpen] protected void Opened() { } } [PeerHandler] partial class Chat : Base<int> { }")]
    [InlineData("public abstract class Base { [OnOpen] protected void Opened() { } }")]
    [InlineData("[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Other\")] abstract class Base { [OnOpen] protected void Opened() { } }")]
    public Task An_abstract_class_that_some_handler_may_be_derived_from(string source) => Flags(source);

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
