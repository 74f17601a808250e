namespace Peers.Tests.Analyzers;

/// <summary>What someone sees who uses Peer for the first time: one error, where the mistake is, in words that say what to do.</summary>
/// <remarks>
/// Where the compiler has an error of its own, it stands in the same place: not partial (CS0260), not imported (CS0246, twice), no message or handler
/// (CS0311, CS0315). Nothing else is reported.
/// </remarks>
public sealed class BeginnerMistakeTests
{
    private const string Head = """
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Routing;

        """;

    [Theory]
    [InlineData("A handler that is not partial",
        "[PeerHandler(\"/\")] public sealed class Chat { [OnOpen] void Opened() { } public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>(); }",
        "PEER001 'Chat': Handler 'Chat' cannot be completed by the compiler, because 'Chat' is not partial. Add 'partial' to 'Chat'.", "CS0260 'Chat'")]
    [InlineData("A message that is not partial",
        "[Message] public sealed record Said(string Text); partial class Chat { [OnMessage] Said Say(Said said) => said; }",
        "PEER005 'Said': Message 'Said' cannot be completed by the compiler, because 'Said' is not partial. Add 'partial' to 'Said'.", "CS0260 'Said'")]
    [InlineData("A class without hooks is mapped",
        "public sealed class Chat { public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>(\"/chat\"); }",
        "PEER039 'MapPeer<Chat>': 'MapPeer' takes a handler, and 'Chat' is none. Give it a hook, such as [OnOpen] or [OnMessage], or mark it [PeerHandler].", "CS0311 'MapPeer<Chat>'")]
    [InlineData("A record that is no message is sent",
        "public sealed record Said(string Text); partial class Chat { [OnOpen] void Opened(Peer peer) => peer.Send(new Said(\"hi\")); }",
        "PEER040 'Send': 'Peer.Send' takes a message, and 'Said' is none. Mark 'Said' [Message], and make it partial.", "CS0311 'Send'")]
    [InlineData("A list is published",
        "partial class Chat { [OnOpen] void Opened(Peer peer) => peer.Publish(\"all\", new List<int> { 1 }); }",
        "PEER040 'Publish': 'Peer.Publish' takes a message, and 'List<int>' is none. Send a [Message] type that has it as a member.", "CS0311 'Publish'")]
    [InlineData("A message is published in a channel of other events",
        "[Message] public partial interface IEvent; [Message] public sealed partial record Said(string Text); partial class Chat { [Channel(\"all\")] static partial PeerChannel<IEvent> All { get; } [OnOpen] void Opened(Peer peer) => peer.Publish(All, new Said(\"hi\")); }",
        "PEER041 'Publish': 'Peer.Publish' publishes 'Said' in a channel of 'IEvent', which it is not. Declare 'Said' as ': IEvent', or publish it in a channel of its own type.", "CS0311 'Publish'")]
    [InlineData("[FromRoute] without its using",
        "[PeerHandler(\"/{room}\")] partial class Chat { [OnOpen] void Opened(Peer peer, [FromRoute] string room, [FromServices] IServiceProvider services) { } [OnMessage] void Say(string text, [FromRoute] string room) { } }",
        "PEER035 'FromRoute': 'Chat.Opened' marks 'room' [FromRoute], an attribute that is not imported here. Add 'using Microsoft.AspNetCore.Mvc;'.", "CS0246 'FromRoute'", "CS0246 'FromRoute'", "CS0246 'FromServices'", "CS0246 'FromServices'", "CS0246 'FromRoute'", "CS0246 'FromRoute'")]
    [InlineData("A route value that is not marked",
        "[PeerHandler(\"/{room}\")] partial class Chat { [OnOpen] void Opened(Peer peer, string room) { } }",
        "PEER025 'room': Hook 'Chat.Opened' takes 'string room', which [OnOpen] does not give, but the route '/{room}' has a value of that name. Mark it [FromRoute].")]
    [InlineData("A hook replies with text",
        "partial class Chat { [OnMessage] string Say(string text) => text; }",
        "PEER022 'Say': Hook 'Chat.Say' replies with 'string', which is not a message. Return a [Message] type that has it as a member.")]
    [InlineData("A hook replies with a list",
        "[Message] public sealed partial record Ask; partial class Chat { [OnMessage] Task<List<string>> Say(Ask ask) => Task.FromResult(new List<string>()); }",
        "PEER022 'Say': Hook 'Chat.Say' replies with 'List<string>', which is not a message. Return a [Message] type that has it as a member.")]
    [InlineData("[OnError] takes the exception",
        "partial class Chat { [OnError] void Failed(Peer peer, Exception error) { } }",
        "PEER002 'error': Hook 'Chat.Failed' takes 'Exception error', which [OnError] does not give. Take PeerError, which has it as its Exception.")]
    [InlineData("A brace that is not closed in a route",
        "[PeerHandler(\"/rooms/{room\")] partial class Chat { [OnOpen] void Opened(Peer peer, [Microsoft.AspNetCore.Mvc.FromRoute] string room) { } }",
        "PEER038 'Chat': Handler 'Chat' has the route '/rooms/{room', in which a '{' is not closed. Write route values as {name}.")]
    [InlineData("A brace that is not closed in a channel",
        "partial class Chat { [Channel(\"room/{room\")] public static partial PeerChannel<string> Room(string room); [OnOpen] void Opened(Peer peer) => peer.Subscribe(Room(\"a\")); }",
        "PEER006 'Room': Channel 'Chat.Room' has the template 'room/{room', in which a brace is no parameter. Write parameters as {name}.")]
    [InlineData("A record that is no message is taken",
        "public sealed record Said(string Text); partial class Chat { [OnMessage] void Say(Said said) { } }",
        "PEER003 'said': Hook 'Chat.Say' takes 'Said', which cannot be read from a message. Mark 'Said' [Message], and make it partial.")]
    [InlineData("A hook that is async void",
        "partial class Chat { [OnMessage] async void Say(Peer peer, string text) { await Task.Yield(); peer.Send(text); } }",
        "PEER009 'Say': Hook 'Chat.Say' is async void, so nothing could wait for it or see its exceptions. Return Task or ValueTask.")]
    [InlineData("A message class that is not sealed",
        "[Message] public partial record Said(string Text);",
        "PEER010 'Said': Message 'Said' is not sealed, and a class derived from it would lose its own members on the wire. Add 'sealed' to 'Said'.")]
    public async Task Each_mistake_has_one_error(string mistake, string source, string expected, params string[] ofCompiler)
    {
        Assert.NotEmpty(mistake);
        var generated = Generated.From(Head + source);
        Assert.Equal([expected], await Generated.DiagnoseAsync(generated));
        Assert.Equal(ofCompiler, generated.Errors);
    }

    [Theory]
    [InlineData("peer.Send(3)", "Send", "'Peer.Send' takes a message, and 'int' is none. Send a [Message] type that has it as a member.")]
    [InlineData("peer.Send(new { Text = \"hi\" })", "Send", "'Peer.Send' takes a message, and '<anonymous type: string Text>' is none. Declare a [Message] record.")]
    [InlineData("peer.Send(Task.FromResult(new Said()))", "Send", "'Peer.Send' takes a message, and 'Task<Said>' is none. Await it, and send what it gives.")]
    [InlineData("peer.Send((Typing?)null)", "Send", "'Peer.Send' takes a message, and 'Typing?' is none. Take its value, once it is known not to be null.")]
    [InlineData("peer.Send(new System.Drawing.Point())", "Send", "'Peer.Send' takes a message, and 'Point' is none. Write '[assembly: MessageType<Point>]', or send a [Message] type that has it as a member.")]
    [InlineData("peer?.Send(3L)", "Send", "'Peer.Send' takes a message, and 'long' is none. Send a [Message] type that has it as a member.")]
    [InlineData("peer.Host.Publish(\"all\", 3)", "Publish", "'PeerHost.Publish' takes a message, and 'int' is none. Send a [Message] type that has it as a member.")]
    [InlineData("MessageSerializer.ToUtf8(3)", "ToUtf8", "'MessageSerializer.ToUtf8' takes a message, and 'int' is none. Send a [Message] type that has it as a member.")]
    [InlineData("MessageSerializer.TryRead<string>(default, out _, out _)", "TryRead<string>", "'MessageSerializer.TryRead' takes a message, and 'string' is none. Send a [Message] type that has it as a member.")]
    public async Task What_is_no_message_is_told_what_to_do(string call, string place, string expected) => Assert.Equal(
        [$"PEER040 '{place}': {expected}"],
        await Generated.DiagnoseAsync(Generated.From(
            $"[Message] public sealed partial record Said; [Message] public readonly partial record struct Typing; partial class Chat {{ [OnOpen] void Opened(Peer peer) {{ {call}; }} }}")));

    [Theory]
    [InlineData("abstract class Chat { [OnOpen] protected void Opened() { } } partial class Real : Chat { [OnClose] void Closed() { } }", "MapPeer<Chat>", "'MapPeer' takes a handler, and 'Chat' is none. It is abstract: map a class that is derived from it.")]
    [InlineData("struct Chat;", "MapPeer<Chat>", "'MapPeer' takes a handler, and 'Chat' is none. Map a partial class with a hook, such as [OnOpen] or [OnMessage].")]
    public async Task What_is_no_handler_is_told_what_to_do(string declaration, string place, string expected) => Assert.Equal(
        [$"PEER039 '{place}': {expected}"],
        await Generated.DiagnoseAsync(Generated.From($"{Head} {declaration} static class Program {{ static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>(\"/\"); }}")));

    [Fact]
    public async Task A_generic_method_is_told_its_constraint() => Assert.Equal(
        ["PEER040 'Send': 'Peer.Send' takes a message, and 'T' is none. Constrain it: 'where T : IMessage<T>'."],
        await Generated.DiagnoseAsync(Generated.From("static class Program { static void F<T>(Peer peer, T message) => peer.Send(message); static void G<T>(Peer peer, T message) where T : IMessage<T> => peer.Send(message); }")));

    [Fact]
    public async Task What_is_wrong_with_a_handler_or_message_itself_is_said_there_alone() => Assert.Equal(
        ["PEER015"],
        (await Generated.DiagnoseAsync(Generated.From("[Message] file sealed partial record Said; partial class Chat { [OnOpen] void Opened(Peer peer) => peer.Send(new Said()); }"))).Select(d => d[..7]));

    [Fact]
    public Task A_hook_in_top_level_statements() => FlagsProgram(
        "PEER002 'Opened': Hook 'Opened' is a local function, which belongs to no handler. Move it into a partial class.");

    private static async Task FlagsProgram(string expected) =>
        Assert.Contains(expected, await Generated.DiagnoseAsync(Generated.From("Opened(null!); [OnOpen] static void Opened(Peer peer) { }")));
}
