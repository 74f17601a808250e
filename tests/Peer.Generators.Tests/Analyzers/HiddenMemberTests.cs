using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Tests.Analyzers;

/// <summary>Hooks and channels of a base class that its handlers cannot see used to be left out, and nothing said so.</summary>
public sealed class HiddenMemberTests
{
    [Theory]
    [InlineData("[OnOpen] internal void Opened() { }", "Base.Opened", "internal")]
    [InlineData("[OnOpen] private protected void Opened() { }", "Base.Opened", "private protected")]
    [InlineData("[OnClose] internal static Task Closed() => Task.CompletedTask;", "Base.Closed", "internal")]
    [InlineData("[Channel(\"a\", Join = true)] internal static partial PeerChannel<string> A { get; }", "Base.A", "internal")]
    public Task The_base_class_is_told(string member, string name, string access) => Generated.Flags(
        $"public abstract partial class Base {{ {member} }}",
        $"PEER036 '{name[5..]}': '{name}' is {access}, so that a handler that is derived from 'Base' in another assembly does not have it, and is not told so. Make it protected.");

    [Theory]
    [InlineData("public abstract class Base { [OnOpen] protected void Opened() { } }")]
    [InlineData("public abstract class Base { [OnOpen] protected internal void Opened() { } }")]
    [InlineData("internal abstract class Base { [OnOpen] internal void Opened() { } } partial class Chat : Base { [OnClose] void Closed() { } }")]
    [InlineData("public abstract class Base { private protected Base() { } [OnOpen] internal void Opened() { } } partial class Chat : Base { [OnClose] void Closed() { } }")]
    [InlineData("public abstract partial class Base { [Channel(\"a\")] internal static partial PeerChannel<string> A { get; } [OnOpen] protected void Opened() { } }")]
    [InlineData("public sealed partial class Chat { [OnOpen] internal void Opened() { } }")]
    public Task What_every_handler_sees_is_not_flagged(string source) => Generated.Flags(source);

    [Theory]
    [InlineData("[OnOpen] private protected void Opened() { }", "PEER002 'Chat': Hook 'Base.Opened' is private protected in another assembly, so that a class derived from its own cannot call it. Make it protected.")]
    [InlineData("[OnOpen] internal void Opened() { }", "PEER002 'Chat': Hook 'Base.Opened' is internal to another assembly, so that a class derived from its own cannot call it. Make it protected.")]
    [InlineData("[Channel(\"a\", Join = true)] private protected static PeerChannel<string> A => new(\"a\");", "PEER007 'Chat': Channel 'Base.A' is private protected in another assembly, so that the peers of 'Chat' cannot join it. Make it protected.")]
    public async Task The_handler_is_told_where_its_compiler_sees_the_member(string member, string expected)
    {
        var library = Generated.Compile(LanguageVersion.CSharp14, ("Library.cs", $"public abstract partial class Base {{ {member} }}")).WithAssemblyName("Library");
        var reported = await Generated.DiagnoseAsync(Generated.From("[PeerHandler] partial class Chat : Base { }", library.ToMetadataReference()));
        Assert.Equal([expected], reported);
    }

    [Fact]
    public Task A_required_member_of_a_base_class() => Generated.Flags(
        "abstract class Base { public required string Name { get; init; } } partial class Chat : Base { [OnOpen] void Opened() { } }",
        "PEER012 'Chat': Handler 'Chat' requires 'Name', which nothing sets. Take it in the constructor.");

    // A place in another compilation, as an editor has it for a project that is referred to, cannot be reported: the analyzer failed.
    [Fact]
    public async Task A_part_of_a_message_that_is_wrong_in_another_project_is_reported_at_the_message()
    {
        var library = Generated.Compile(LanguageVersion.CSharp14, ("Library.cs", "public class Part { public System.IO.Stream? Body { get; set; } }")).WithAssemblyName("Library");
        var reported = await Generated.DiagnoseAsync(Generated.From("[Message] sealed partial record Holds(Part Part);", library.ToMetadataReference()));
        Assert.Equal(["PEER004 'Holds': Message 'Holds' cannot be serialized, because 'Body', of type 'Stream?', has no form on the wire. Change it, or mark it [JsonIgnore]."], reported);
    }
}
