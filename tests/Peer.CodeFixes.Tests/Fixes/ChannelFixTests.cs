namespace Peers.Tests.Fixes;

/// <summary>What mends channels.</summary>
public sealed class ChannelFixTests
{
    [Theory]
    [InlineData("""[Channel("room/{rom}")] public static partial PeerChannel<string> Room(string room);""", """[Channel("room/{room}")] public static partial PeerChannel<string> Room(string room);""")]
    [InlineData("""[Channel("room")] public static partial PeerChannel<string> Room(string room);""", """[Channel("room/{room}")] public static partial PeerChannel<string> Room(string room);""")]
    [InlineData("""[Channel("room/{room}/{seat}")] public static partial PeerChannel<string> Room(string room);""", """[Channel("room/{room}/{seat}")] public static partial PeerChannel<string> Room(string room, string seat);""")]
    [InlineData("""[Channel("{a}/{b}")] public static partial PeerChannel<string> Room();""", """[Channel("{a}/{b}")] public static partial PeerChannel<string> Room(string a, string b);""")]
    [InlineData("""[Channel("lobby")] public static PeerChannel<string> Lobby => new("lobby");""", """[Channel("lobby")] public static partial PeerChannel<string> Lobby { get; }""")]
    [InlineData("""[Channel("lobby")] internal PeerChannel<string> Lobby() { return new("lobby"); } // all""", """[Channel("lobby")] internal static partial PeerChannel<string> Lobby(); // all""")]
    [InlineData("""[Channel("lobby")] static PeerChannel<string> Lobby() => new("lobby");""", """[Channel("lobby")] private static partial PeerChannel<string> Lobby();""")]
    [InlineData("""[Channel("lobby")] static PeerChannel<string> Lobby { get; } = new("lobby");""", """[Channel("lobby")] static partial PeerChannel<string> Lobby { get; }""")]
    [InlineData("""[Channel("lobby")] public partial PeerChannel<string> Lobby { get; }""", """[Channel("lobby")] public static partial PeerChannel<string> Lobby { get; }""")]
    [InlineData("""[Channel("lobby")] public static partial PeerChannel<string> Lobby { get; set; }""", """[Channel("lobby")] public static partial PeerChannel<string> Lobby { get; }""")]
    public Task An_address_is_completed(string before, string after) => OneFile.Fixes(
        $$"""
        using Peers;

        public partial class Rooms
        {
            {{before}}
        }
        """,
        $$"""
        using Peers;

        public partial class Rooms
        {
            {{after}}
        }
        """);

    [Fact]
    public Task The_type_of_an_address_is_made_partial() => OneFile.Fixes(
        """
        using Peers;

        static class Rooms { [Channel("lobby")] public static partial PeerChannel<string> Lobby { get; } }
        """,
        """
        using Peers;

        static partial class Rooms { [Channel("lobby")] public static partial PeerChannel<string> Lobby { get; } }
        """);

    [Fact]
    public Task A_channel_of_a_class_is_joined() => OneFile.Fixes(
        """
        using Peers;

        [PeerHandler, Channel("lobby")] partial class Chat;
        """,
        """
        using Peers;

        [PeerHandler, Channel("lobby", Join = true)] partial class Chat;
        """);

    [Fact]
    public Task A_channel_that_derived_classes_join_is_made_protected() => OneFile.Fixes(
        """
        using Peers;

        abstract partial class Base { [Channel("lobby", Join = true)] private static partial PeerChannel<string> Lobby { get; } }
        [PeerHandler] partial class Chat : Base;
        """,
        """
        using Peers;

        abstract partial class Base { [Channel("lobby", Join = true)] protected static partial PeerChannel<string> Lobby { get; } }
        [PeerHandler] partial class Chat : Base;
        """);

    [Fact]
    public Task All_templates_are_completed_at_once() => OneFile.FixesAll(
        """
        using Peers;

        static partial class Rooms
        {
            [Channel("room")] public static partial PeerChannel<string> Room(string room);
            [Channel("seat/{set}")] public static partial PeerChannel<string> Seat(string seat);
        }
        """,
        """
        using Peers;

        static partial class Rooms
        {
            [Channel("room/{room}")] public static partial PeerChannel<string> Room(string room);
            [Channel("seat/{seat}")] public static partial PeerChannel<string> Seat(string seat);
        }
        """);

    [Theory]
    [InlineData("""[Channel("a/{")] public static partial PeerChannel<string> A { get; }""")]
    [InlineData("""[Channel("a")] public static partial string A();""")]
    [InlineData("""[Channel("a/{x}/{y}")] public static partial PeerChannel<string> A(string a, string b);""")]
    [InlineData("""[Channel("a")] public static partial PeerChannel<T> A<T>();""")]
    public Task What_has_no_obvious_remedy_is_left_to_its_author(string member) => OneFile.OffersNothing($"using Peers;\n\nstatic partial class C {{ {member} }}");
}
