namespace Peers.Tests.Handlers;

public sealed class HandlerSnapshotTests
{
    [Fact]
    public void A_chat_room() => Matches(
        """
        [PeerHandler("/rooms/{room}")]
        public sealed partial class ChatRoom(ILogger<ChatRoom> log)
        {
            [Channel("room/{room}", Join = true)]
            public static partial PeerChannel<IRoomEvent> Room(string room);

            [Channel("lobby")]
            public static partial PeerChannel<IRoomEvent> Lobby { get; }

            string _name = "anonymous";

            [OnUpgrade] UpgradeResult Admit(UpgradeRequest request) =>
                request.Query("token") is null ? UpgradeResult.Reject(401) : UpgradeResult.Accept();

            [OnOpen]    void Opened(Peer peer) => peer.Send(new Renamed(_name));
            [OnMessage] void Say(Peer peer, Say say, [FromRoute] string room) => peer.Publish(Room(room), new Said(_name, say.Text));
            [OnMessage] Renamed Rename(Rename request) => new(_name = request.Name);
            [OnClose]   void Closed(Peer peer, CloseEvent close) => log.LogInformation("{Peer} left: {Close}", peer, close);
        }

        [Message] public readonly partial record struct Say(string Text);
        [Message] public readonly partial record struct Said(string Who, string Text) : IRoomEvent;
        [Message] public readonly partial record struct Rename(string Name);
        [Message] public readonly partial record struct Renamed(string Name);
        public interface IRoomEvent;
        """);

    [Fact]
    public void Every_hook_with_all_that_it_gives() => Matches(
        """
        sealed partial class Everything
        {
            [OnUpgrade] UpgradeResult Admit(UpgradeRequest request, HttpContext context, CancellationToken aborted) => UpgradeResult.Accept();
            [OnOpen]    void Opened(Peer peer, CancellationToken closed) { }
            [OnMessage] void Text(Peer peer, string text) { }
            [OnMessage] void Binary(Peer peer, ReadOnlySpan<byte> bytes) { }
            [OnClose]   void Closed(Peer peer, CloseEvent close) { }
            [OnError]   void Failed(Peer peer, PeerError error) { }
            [OnDrain]   void Drained(Peer peer) { }
            [OnGap]     void Missed(Peer peer, ChannelGap gap) { }
            [OnPing]    void Pinged(Peer peer, ReadOnlySpan<byte> payload) { }
            [OnPong]    void Ponged(ReadOnlyMemory<byte> payload) { }
        }
        """);

    [Fact]
    public void Every_way_to_return() => Matches(
        """
        sealed partial class Returns
        {
            [OnUpgrade] Task<UpgradeResult> Admit() => Task.FromResult(UpgradeResult.Accept());
            [OnOpen]    Task Opened() => Task.CompletedTask;
            [OnMessage] Task A(A message) => Task.CompletedTask;
            [OnMessage] ValueTask B(B message) => default;
            [OnMessage] Task<A> C(C message) => Task.FromResult(new A());
            [OnMessage] ValueTask<A> D(D message) => default;
            [OnClose]   ValueTask Closed() => default;
        }

        [Message] readonly partial record struct A;
        [Message] readonly partial record struct B;
        [Message] readonly partial record struct C;
        [Message] readonly partial record struct D;
        """);

    [Fact]
    public void Many_messages_are_told_apart_by_length_first() => Matches(
        """
        sealed partial class Many
        {
            [OnMessage] void On(Add message) { }
            [OnMessage] void On(Subtract message) { }
            [OnMessage] void On(Multiply message) { }
            [OnMessage] void On(Divide message) { }
            [OnMessage] void On(Größer message) { }
        }

        [Message] readonly partial record struct Add;
        [Message] sealed partial class Subtract;
        [Message] sealed partial record Multiply;
        [Message("div")] readonly partial record struct Divide;
        [Message] readonly partial record struct Größer;
        """);

    [Fact]
    public void A_raw_text_hook_gets_what_names_no_message() => Matches(
        """
        sealed partial class Mixed
        {
            [OnMessage] void Say(Say say) { }
            [OnMessage] void Other(Message message) { }
        }

        [Message] readonly partial record struct Say;
        """);

    [Fact]
    public void Bytes_can_be_asked_for_as_text() => Matches(
        """
        sealed partial class Bytes
        {
            [OnMessage(MessageKind.Text)] void Text(Peer peer, ReadOnlyMemory<byte> utf8) { }
            [OnMessage] ValueTask Binary(Peer peer, System.Buffers.ReadOnlySequence<byte> bytes) => default;
        }
        """);

    [Fact]
    public void A_message_hook_leaves_to_a_narrower_one_what_that_takes() => Matches(
        """
        sealed partial class Narrow
        {
            [OnMessage] void Either(Message message) { }
            [OnMessage] void Text(string text) { }
        }
        """);

    [Fact]
    public void A_message_returned_for_binary_is_sent() => Matches(
        """
        sealed partial class Upload
        {
            [OnMessage] Stored Store(ReadOnlySpan<byte> bytes) => new(bytes.Length);
        }

        sealed partial class SlowUpload
        {
            [OnMessage] Task<Stored> Store(ReadOnlyMemory<byte> bytes) => Task.FromResult(new Stored(bytes.Length));
        }

        [Message] readonly partial record struct Stored(int Length);
        """);

    [Fact]
    public void Route_values_are_checked_before_a_peer_is_let_in() => Matches(
        """
        [PeerHandler("/{tenant}/{id}/{page?}")]
        sealed partial class Routed
        {
            [OnUpgrade] ValueTask<UpgradeResult> Admit([FromRoute] int id) => default;
            [OnOpen] void Opened([FromRoute] string tenant, [FromRoute] int id, [FromRoute] int? page) { }
            [OnMessage] void Say(Say say, [FromRoute(Name = "id")] Guid other, [FromRoute] DayOfWeek? page) { }
        }

        sealed partial class Unrouted
        {
            [OnOpen] void Opened([FromRoute] string room, [FromRoute] string? topic) { }
        }

        [Message] readonly partial record struct Say;
        """);

    [Fact]
    public void Services_of_a_call() => Matches(
        """
        sealed partial class WithServices
        {
            [OnUpgrade] UpgradeResult Admit([FromServices] IStore store, [FromKeyedServices("a")] IStore? other) => UpgradeResult.Accept();
            [OnOpen]    async Task Opened(Peer peer, [FromServices] IStore store) => await Task.Yield();
            [OnMessage] void Say(Peer peer, Say say, [FromServices] IStore store, [FromKeyedServices("a")] IStore keyed) { }
            [OnMessage] static Task<Saved> Save(Save save, [FromServices] IStore? store) => Task.FromResult(new Saved());
            [OnMessage] ValueTask Text(string text, [FromServices] IStore store) => default;
            [OnMessage] void Binary(ReadOnlySpan<byte> bytes, [FromServices] IStore store) { }
        }

        interface IStore;
        [Message] readonly partial record struct Say;
        [Message] readonly partial record struct Save;
        [Message] readonly partial record struct Saved;
        """);

    [Fact]
    public void Streams_of_replies() => Matches(
        """
        sealed partial class Prices
        {
            [OnMessage] static async IAsyncEnumerable<Price> Watch(Peer peer, Watch watch, [FromRoute] string market, [EnumeratorCancellation] CancellationToken cancellation)
            {
                await Task.Delay(watch.Every, cancellation);
                yield return new(market);
            }

            [OnMessage] static IAsyncEnumerable<Price> History(History history) => throw new NotSupportedException();
            [OnMessage] void Say(Say say) { }
        }

        [Message] readonly partial record struct Watch(int Every);
        [Message] readonly partial record struct History;
        [Message] readonly partial record struct Say;
        [Message] readonly partial record struct Price(string Market);
        """);

    [Fact]
    public void Streams_with_services_keep_them_to_their_end() => Matches(
        """
        sealed partial class Prices
        {
            [OnMessage] static async IAsyncEnumerable<Price> Watch(Watch watch, [FromServices] IStore store, [EnumeratorCancellation] CancellationToken cancellation)
            {
                await Task.Yield();
                yield return new(store.ToString()!);
            }

            [OnMessage] static IAsyncEnumerable<Price> items(string text, [FromServices] IStore store) => throw new NotSupportedException();
        }

        interface IStore;
        [Message] readonly partial record struct Watch;
        [Message] readonly partial record struct Price(string Market);
        """);

    [Fact]
    public void Streams_in_odd_places_of_odd_names() => Matches(
        """
        partial class Outer<T>
        {
            internal abstract class Lender
            {
                [OnMessage] protected static IAsyncEnumerable<Größer> stream(@int item) => throw new NotSupportedException();
                [OnMessage] protected static IAsyncEnumerable<@int> @yield(A stream, CancellationToken @await) => throw new NotSupportedException();
            }

            internal sealed partial class @class : Lender
            {
                [OnMessage] static IAsyncEnumerable<A> cancellation(B cancellation, [FromServices] IServiceProvider services) => throw new NotSupportedException();
                [OnMessage] static IAsyncEnumerable<A> Prüfe(Größer größer) => throw new NotSupportedException();
                [OnMessage] static IAsyncEnumerable<A> text(string text) => throw new NotSupportedException();
            }
        }

        [Message] readonly partial record struct @int;
        [Message] readonly partial record struct Größer;
        [Message] sealed partial class A;
        [Message] sealed partial record B;
        """);

    [Fact]
    public void What_the_constructor_takes() => Matches(
        """
        sealed partial class Made
        {
            [ActivatorUtilitiesConstructor]
            public Made(IStore store, [FromKeyedServices("a")] IStore keyed, IStore? maybe = null, int retries = 3) { }

            public Made() { }

            [OnOpen] void Opened() { }
        }

        sealed partial class KeyedByEnum([FromKeyedServices(DayOfWeek.Friday)] IStore store)
        {
            [OnOpen] void Opened() => store.ToString();
        }

        interface IStore;
        """);

    [Fact]
    public void Nested_generic_and_oddly_named() => Matches(
        """
        partial class Outer<T>
        {
            internal partial record @class
            {
                [OnOpen] static void @event(Peer @new) { }
                [OnMessage] void text(@int @int, [FromRoute] string? @for) { }
            }
        }

        [Message("a\"b")] readonly partial record struct @int;
        """);

    [Fact]
    public void Hooks_of_a_base_class_come_first() => Matches(
        """
        abstract class Base
        {
            [OnOpen] protected virtual void Opened(Peer peer) { }
            [OnClose] protected void Closed(Peer peer) { }
        }

        sealed partial class Derived : Base
        {
            [OnOpen] protected override void Opened(Peer peer) { }
            [OnMessage] void Text(string text) { }
        }

        [PeerHandler]
        sealed partial class Bare : Base;
        """);

    [Fact]
    public void A_handler_derived_from_a_handler() => Matches(
        """
        partial class Parent
        {
            [OnOpen] protected void Opened(Peer peer) { }
            [OnMessage] protected void Say(Say say) { }
        }

        sealed partial class Child : Parent
        {
            [OnMessage] void Binary(Peer peer, ReadOnlySpan<byte> bytes) => peer.SendBinary(bytes);
        }

        [Message] readonly partial record struct Say;
        """);

    [Fact]
    public void A_message_may_be_a_discard() => Assert.Contains("Hear(message)", Generated.Compiled(
        """
        sealed partial class Names
        {
            [OnMessage] static void Hear(Say _) { }
        }

        [Message] readonly partial record struct Say;
        """,
        Generated.IsOfHandler), StringComparison.Ordinal);

    [Fact]
    public void Hooks_named_as_what_is_generated_around_them() => Matches(
        """
        sealed partial class Names
        {
            [OnMessage] static void type(Say type) { }
            [OnMessage] void SayWithServices(Shout payload) { }
            [OnMessage] void Say(Whisper services, [FromServices] IServiceProvider type) { }
            [OnOpen] static void peer(Peer peer) { }
        }

        [Message] readonly partial record struct Say;
        [Message] readonly partial record struct Shout;
        [Message] readonly partial record struct Whisper;
        """);

    [Fact]
    public void A_handler_without_a_namespace() => Snapshot.Matches(
        nameof(A_handler_without_a_namespace),
        Generated.Compiled("partial class Global { [OnMessage] void Text(Peer peer, string text) => peer.Send(text); }"));

    private static void Matches(string source, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        const string head = """
            using Microsoft.AspNetCore.Http;
            using Microsoft.AspNetCore.Mvc;
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Logging;
            using System.Runtime.CompilerServices;

            namespace Demo;


            """;
        Snapshot.Matches(name, Generated.Compiled(head + source, Generated.IsOfHandler));
    }
}
