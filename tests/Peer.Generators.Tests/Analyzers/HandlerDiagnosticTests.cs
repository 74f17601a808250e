namespace Peers.Tests.Analyzers;

/// <summary>Each mistake gets its one diagnostic, and the compiler has nothing to add to it.</summary>
public sealed class HandlerDiagnosticTests
{
    [Fact]
    public Task A_handler_that_is_not_partial() => Flags(
        "class Chat { [OnOpen] void Opened() { } }",
        "PEER001 'Chat': Handler 'Chat' cannot be completed by the compiler, because 'Chat' is not partial. Add 'partial' to 'Chat'.",
        Generated.MissingPartial(7, "Chat"));

    [Fact]
    public Task A_handler_in_a_type_that_is_not_partial() => Flags(
        "class Outer { partial class Chat { [OnOpen] void Opened() { } } }",
        "PEER001 'Outer': Handler 'Chat' cannot be completed by the compiler, because 'Outer' is not partial. Add 'partial' to 'Outer'.",
        Generated.MissingPartial(7, "Outer"));

    [Fact]
    public Task A_parameter_that_the_hook_does_not_give() => Flags(
        "partial class Chat { [OnOpen] void Opened(CloseEvent close) { } }",
        "PEER002 'close': Hook 'Chat.Opened' takes 'CloseEvent close', which [OnOpen] does not give. Take Peer or CancellationToken, or mark a service [FromServices] and a route value [FromRoute].");

    [Fact]
    public Task The_request_after_the_upgrade() => Flags(
        "partial class Chat { [OnMessage] void Text(string text, Microsoft.AspNetCore.Http.HttpContext context) { } }",
        "PEER002 'context': Hook 'Chat.Text' takes 'HttpContext context', which [OnMessage] does not give. Take Peer, one payload or CancellationToken, or mark a service [FromServices] and a route value [FromRoute].");

    [Fact]
    public Task A_parameter_by_reference() => Flags(
        "partial class Chat { [OnMessage] void Text(ref string text) { } }",
        "PEER002 'text': Hook 'Chat.Text' takes 'string text', by reference. Take it by value.");

    [Fact]
    public Task A_return_value_without_a_use() => Flags(
        "partial class Chat { [OnOpen] int Opened() => 1; }",
        "PEER002 'Opened': Hook 'Chat.Opened' returns 'int', which [OnOpen] has no use for. Return void, Task or ValueTask.");

    [Fact]
    public Task A_reply_that_may_be_null() => Flags(
        "partial class Chat { [OnMessage] Said? Text(string text) => null; } [Message] sealed partial class Said;",
        "PEER002 'Text': Hook 'Chat.Text' returns 'Said?', which [OnMessage] has no use for. Return void, Task, ValueTask, or a [Message] type, which may come in a Task<T>, ValueTask<T> or IAsyncEnumerable<T>.");

    [Fact]
    public Task An_upgrade_that_decides_nothing() => Flags(
        "partial class Chat { [OnUpgrade] void Admit() { } }",
        "PEER002 'Admit': Hook 'Chat.Admit' returns 'void', which [OnUpgrade] has no use for. Return UpgradeResult, Task<UpgradeResult> or ValueTask<UpgradeResult>.");

    [Fact]
    public Task A_generic_hook() => Flags(
        "partial class Chat { [OnOpen] void Opened<T>() { } }",
        "PEER002 'Opened': Hook 'Chat.Opened' has type parameters. Take one message type, and write a hook for each.");

    [Fact]
    public Task A_message_hook_without_a_payload() => Flags(
        "partial class Chat { [OnMessage] void Any(Peer peer) { } }",
        "PEER002 'Any': Hook 'Chat.Any' takes no payload. Take a [Message] type, string, or ReadOnlySpan<byte>.");

    [Fact]
    public Task Two_payloads() => Flags(
        "partial class Chat { [OnMessage] void Any(string text, ReadOnlySpan<byte> bytes) { } }",
        "PEER002 'Any': Hook 'Chat.Any' takes more than one payload. Take one.");

    [Fact]
    public Task A_string_for_binary_messages() => Flags(
        "partial class Chat { [OnMessage(MessageKind.Binary)] void Any(string text) { } }",
        "PEER002 'Any': Hook 'Chat.Any' takes text, but is marked for binary messages. Take ReadOnlySpan<byte>, or remove the kind.");

    [Fact]
    public Task A_private_hook_in_a_base_class() => Flags(
        "abstract class Base { [OnOpen] void Opened() { } } [PeerHandler] partial class Chat : Base;",
        "PEER002 'Opened': Hook 'Base.Opened' is private, so that a class derived from its own cannot call it. Make it protected.",
        "PEER002 'Chat': Hook 'Base.Opened' is private, so that a class derived from its own cannot call it. Make it protected.");

    [Fact]
    public Task A_route_value_of_a_type_that_has_no_text() => Flags(
        "partial class Chat { [OnOpen] void Opened([Microsoft.AspNetCore.Mvc.FromRoute] object id) { } }",
        "PEER024 'id': 'Chat.Opened' takes the route value 'id' as 'object', which no text can become. Take string, an enum, or a type that implements IParsable<T>.");

    [Fact]
    public Task A_generic_message_hook_is_wrong_in_one_way() => Flags(
        "partial class Chat { [OnMessage] void Any<T>(T message) { } }",
        "PEER002 'Any': Hook 'Chat.Any' has type parameters. Take one message type, and write a hook for each.");

    [Fact]
    public Task A_reply_that_is_no_message() => Flags(
        "partial class Chat { [OnMessage] Task<Said> Text(string text) => Task.FromResult(new Said(text)); } record Said(string Text);",
        "PEER022 'Text': Hook 'Chat.Text' replies with 'Said', which is not a message. Mark 'Said' [Message], and make it partial.");

    [Fact]
    public Task A_service_that_is_not_marked() => Flags(
        "partial class Chat { [OnOpen] void Opened(IServiceProvider services) { } }",
        "PEER023 'services': Hook 'Chat.Opened' takes 'IServiceProvider services', which [OnOpen] does not give. Mark it [FromServices] if it is a service.");

    [Fact]
    public Task A_service_that_is_not_marked_beside_a_payload() => Flags(
        "partial class Chat { [OnMessage] void Text(string text, Store store) { } } class Store;",
        "PEER023 'store': Hook 'Chat.Text' takes 'Store store', which [OnMessage] does not give. Mark it [FromServices] if it is a service.");

    [Fact]
    public Task A_second_payload_that_is_no_message_is_no_service() => Flags(
        "partial class Chat { [OnMessage] void Text(string text, Said said) { } } record Said(string Text);",
        "PEER003 'said': Hook 'Chat.Text' takes 'Said', which cannot be read from a message. Mark 'Said' [Message], and make it partial.");

    [Fact]
    public Task A_route_value_that_is_not_marked() => Flags(
        """[PeerHandler("/rooms/{room}")] partial class Chat { [OnOpen] void Opened(string room) { } }""",
        "PEER025 'room': Hook 'Chat.Opened' takes 'string room', which [OnOpen] does not give, but the route '/rooms/{room}' has a value of that name. Mark it [FromRoute].");

    [Fact]
    public Task A_route_value_that_is_not_marked_beside_a_payload() => Flags(
        """[PeerHandler("/rooms/{room}")] partial class Chat { [OnMessage] void Text(string text, string room) { } }""",
        "PEER025 'room': Hook 'Chat.Text' takes 'string room', which [OnMessage] does not give, but the route '/rooms/{room}' has a value of that name. Mark it [FromRoute].");

    [Fact]
    public Task A_payload_with_the_name_of_a_route_value_is_not_flagged() => Flags(
        """[PeerHandler("/rooms/{room}")] partial class Chat { [OnMessage] void Text(string room) { } }""");

    [Fact]
    public Task A_payload_that_is_no_message() => Flags(
        "partial class Chat { [OnMessage] void Say(System.IO.Stream body) { } }",
        "PEER003 'body': Hook 'Chat.Say' takes 'Stream', which cannot be read from a message. Take a [Message] type, string, or ReadOnlySpan<byte>.");

    [Fact]
    public Task Two_hooks_for_one_message() => Flags(
        "partial class Chat { [OnMessage] void Say(Say say) { } [OnMessage] void Again(Say say) { } } [Message] readonly partial record struct Say;",
        "PEER008 'Again': Hook 'Chat.Again' takes the message 'say', which hook 'Chat.Say' takes already. Remove one of the two.");

    [Fact]
    public Task Two_messages_of_one_name() => Flags(
        """partial class Chat { [OnMessage] void A(A a) { } [OnMessage] void B(B b) { } } [Message] partial record struct A; [Message("a")] partial record struct B;""",
        "PEER021 'B': Hook 'Chat.B' takes a message called 'a', and so does hook 'Chat.A', of another type. Give one of the two another name in [Message].");

    [Fact]
    public Task Two_raw_hooks_for_text() => Flags(
        "partial class Chat { [OnMessage] void A(string text) { } [OnMessage(MessageKind.Text)] void B(Message message) { } }",
        "PEER008 'B': Hook 'Chat.B' takes raw text, which hook 'Chat.A' takes already. Remove one of the two.");

    [Fact]
    public Task Two_raw_hooks_for_binary() => Flags(
        "partial class Chat { [OnMessage] void A(ReadOnlySpan<byte> bytes) { } [OnMessage] void B(ReadOnlyMemory<byte> bytes) { } }",
        "PEER008 'B': Hook 'Chat.B' takes binary messages, which hook 'Chat.A' takes already. Remove one of the two.");

    [Fact]
    public Task Two_open_hooks() => Flags(
        "partial class Chat { [OnOpen] void A() { } [OnOpen] void B() { } }",
        "PEER008 'B': Hook 'Chat.B' takes [OnOpen], which hook 'Chat.A' takes already. Remove one of the two.");

    [Fact]
    public Task An_async_void_hook() => Flags(
        "partial class Chat { [OnOpen] async void Opened() => await Task.Yield(); }",
        "PEER009 'Opened': Hook 'Chat.Opened' is async void, so nothing could wait for it or see its exceptions. Return Task or ValueTask.");

    [Fact]
    public Task Authorization_on_a_hook() => Flags(
        "partial class Chat { [OnOpen, Microsoft.AspNetCore.Authorization.Authorize] void Opened() { } }",
        "PEER011 'Opened': Hook 'Chat.Opened' is marked [Authorize], which only the endpoint enforces. Move it to 'Chat', or decide in [OnUpgrade].");

    [Fact]
    public Task A_hook_in_a_struct() => Flags(
        "partial struct Chat { [OnOpen] void Opened() { } }",
        "PEER012 'Chat': Handler 'Chat' is not a class that has instances. Make it a partial class.");

    [Fact]
    public Task A_hook_in_a_static_class() => Flags(
        "static partial class Chat { [OnOpen] static void Opened() { } }",
        "PEER012 'Chat': Handler 'Chat' is not a class that has instances. Make it a partial class.");

    [Fact]
    public Task An_abstract_handler() => Flags(
        "[PeerHandler] abstract partial class Chat { [OnOpen] protected void Opened() { } }",
        "PEER012 'Chat': Handler 'Chat' is abstract. Remove [PeerHandler], and put it on the classes derived from it.");

    [Fact]
    public Task A_file_local_handler() => Flags(
        "file partial class Chat { [OnOpen] void Opened() { } }",
        "PEER012 'Chat': Handler 'Chat' is file-local, so that no generated file can complete it. Make it internal.");

    [Fact]
    public Task A_hook_that_is_no_ordinary_method() => Flags(
        "interface IOpen { void Open(); } partial class Chat : IOpen { [OnOpen] void IOpen.Open() { } }",
        "PEER002 'Open': Hook 'Chat.IOpen.Open' is no ordinary method, so that it cannot be called by its name. Write a method of its own.");

    [Fact]
    public Task A_required_member() => Flags(
        "partial class Chat { public required string Name { get; init; } [OnOpen] void Opened() { } }",
        "PEER012 'Name': Handler 'Chat' requires 'Name', which nothing sets. Take it in the constructor.");

    [Fact]
    public Task Two_constructors() => Flags(
        "partial class Chat { public Chat() { } public Chat(object service) { } [OnOpen] void Opened() { } }",
        "PEER012 'Chat': Handler 'Chat' has several constructors. Leave one, or mark one [ActivatorUtilitiesConstructor].");

    [Fact]
    public Task A_constructor_that_takes_no_service() => Flags(
        "partial class Chat { public Chat(ReadOnlySpan<byte> bytes) { } [OnOpen] void Opened() { } }",
        "PEER012 'bytes': Handler 'Chat' takes 'ReadOnlySpan<byte> bytes', which is no service. Take services only.");

    [Fact]
    public Task A_route_value_that_the_route_lacks() => Flags(
        """[PeerHandler("/rooms/{room}")] partial class Chat { [OnOpen] void Opened([Microsoft.AspNetCore.Mvc.FromRoute] string rom) { } }""",
        "PEER013 'rom': 'Chat.Opened' takes the route value 'rom', which the route '/rooms/{room}' lacks. Rename the parameter, or add '{rom}' to the route.");

    [Fact]
    public Task A_stream_hook_that_is_not_static() => Flags(
        "partial class Chat { [OnMessage] IAsyncEnumerable<Said> Say(Say say) => throw new NotSupportedException(); }" + Messages,
        "PEER016 'Say': Stream hook 'Chat.Say' is not static, but runs beside later hooks, which use the same fields. Make it static, and take what it needs as parameters.");

    [Fact]
    public Task A_stream_hook_that_nothing_can_cancel() => Flags(
        "partial class Chat { [OnMessage] static async IAsyncEnumerable<Said> Say(Say say) { await Task.Yield(); yield return new(); } }" + Messages,
        "PEER017 'Say': Stream hook 'Chat.Say' takes no CancellationToken, so that nothing can end it while it waits for its next item. Take '[EnumeratorCancellation] CancellationToken cancellation'.");

    [Fact]
    public Task A_stream_of_what_is_no_message() => Flags(
        "partial class Chat { [OnMessage] static IAsyncEnumerable<int> Say(Say say) => throw new NotSupportedException(); }" + Messages,
        "PEER022 'Say': Hook 'Chat.Say' replies with 'int', which is not a message. Return a [Message] type that has it as a member.");

    [Fact]
    public Task A_stream_of_items_that_may_be_null() => Flags(
        "partial class Chat { [OnMessage] static IAsyncEnumerable<Said?> Say(Say say) => throw new NotSupportedException(); }" + Messages,
        "PEER002 'Say': Hook 'Chat.Say' returns 'IAsyncEnumerable<Said?>', which [OnMessage] has no use for. Return void, Task, ValueTask, or a [Message] type, which may come in a Task<T>, ValueTask<T> or IAsyncEnumerable<T>.");

    [Fact]
    public Task A_stream_that_comes_later() => Flags(
        "partial class Chat { [OnMessage] static Task<IAsyncEnumerable<Said>> Say(Say say) => throw new NotSupportedException(); }" + Messages,
        "PEER002 'Say': Hook 'Chat.Say' returns 'Task<IAsyncEnumerable<Said>>', which [OnMessage] has no use for. Return void, Task, ValueTask, or a [Message] type, which may come in a Task<T>, ValueTask<T> or IAsyncEnumerable<T>.");

    [Fact]
    public Task A_stream_of_another_hook() => Flags(
        "partial class Chat { [OnOpen] static IAsyncEnumerable<Said> Opened() => throw new NotSupportedException(); }" + Messages,
        "PEER002 'Opened': Hook 'Chat.Opened' returns 'IAsyncEnumerable<Said>', which [OnOpen] has no use for. Return void, Task or ValueTask.");

    [Fact]
    public Task A_stream_for_a_borrowed_payload() => Flags(
        "partial class Chat { [OnMessage] static IAsyncEnumerable<Said> Any(ReadOnlyMemory<byte> bytes) => throw new NotSupportedException(); }" + Messages,
        "PEER002 'Any': Hook 'Chat.Any' returns a stream, which outlives the payload that it borrows. Take a [Message] type or string.");

    [Fact]
    public Task A_correct_stream_hook_is_not_flagged() => Flags(
        """
        abstract class Base { [OnMessage] protected static IAsyncEnumerable<Said> Lent(Lent lent) => throw new NotSupportedException(); }
        sealed partial class Chat : Base
        {
            [OnMessage] static async IAsyncEnumerable<Said> Say(Say say, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation) { await Task.Delay(1, cancellation); yield return new(); }
            [OnMessage] static IAsyncEnumerable<Said> Text(string text) => throw new NotSupportedException();
            static async IAsyncEnumerable<int> NoHook() { await Task.Yield(); yield return 1; }
        }
        [Message] sealed partial class Lent;
        """ + Messages);

    [Fact]
    public Task A_type_that_does_not_exist_is_left_to_the_compiler() => Flags(
        "partial class Chat { [OnMessage] void Say(Missing message) { } }",
        "Source.cs(1,43): error CS0246: The type or namespace name 'Missing' could not be found (are you missing a using directive or an assembly reference?)");

    [Fact]
    public Task An_invalid_handler_still_can_be_mapped() => Flags(
        "partial class Chat { [OnOpen] int Opened() => 1; static void Map<T>() where T : class, IPeerHandler<T> { } static void Main() => Map<Chat>(); }",
        "PEER002 'Opened': Hook 'Chat.Opened' returns 'int', which [OnOpen] has no use for. Return void, Task or ValueTask.");

    [Fact]
    public Task A_correct_handler_is_not_flagged() => Flags(
        """
        [PeerHandler("/{id:int}/{**rest}"), Microsoft.AspNetCore.Authorization.Authorize]
        partial class Chat
        {
            [OnUpgrade] Task<UpgradeResult> Admit(UpgradeRequest request) => Task.FromResult(UpgradeResult.Accept());
            [OnOpen] async Task Opened([Microsoft.AspNetCore.Mvc.FromRoute] int ID, [Microsoft.AspNetCore.Mvc.FromRoute] string? rest) => await Task.Yield();
            [OnMessage] void Text(string text) { }
            [OnMessage] void Either(in Message message) { }
            [OnMessage] void Binary(scoped ReadOnlySpan<byte> bytes) { }
            async void NoHook() => await Task.Yield();
        }
        """);

    [Fact]
    public Task Types_whose_names_differ_in_case_alone_are_not_flagged() => Flags(
        "partial class Chat { [OnMessage] void A(Say a) { } } partial class CHAT { [OnOpen] void A() { } } [Message] partial struct Say; [Message] partial struct SAY;");

    [Fact]
    public Task An_abstract_class_that_lends_its_hooks_is_not_flagged() => Flags("public abstract class Base { [OnOpen] protected void Opened() { } }");

    private const string Messages = " [Message] sealed partial class Say; [Message] sealed partial class Said;";

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
