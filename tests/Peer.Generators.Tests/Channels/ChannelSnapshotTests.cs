namespace Peers.Tests.Channels;

public sealed class ChannelSnapshotTests
{
    [Fact]
    public void Addresses_of_every_form() => Matches(
        """
        public static partial class Rooms
        {
            [Channel("lobby")] public static partial PeerChannel<string> Lobby { get; }
            [Channel("all")] internal static partial PeerChannel<string> All();
            [Channel("room/{room}")] public static partial PeerChannel<string> Room(string room);
            [Channel("room/{room}/{seat}/{room}")] public static partial PeerChannel<string?> Room(string room, int seat);
            [Channel("day/{class}")] private static partial PeerChannel<string> Day(DayOfWeek @class);
        }
        """);

    [Fact]
    public void Channels_that_every_peer_joins() => Matches(
        """
        [PeerHandler("/{room}/{seat}")]
        [Channel("everyone", Join = true)]
        [Channel("watchers/{room}", Join = true)]
        public sealed partial class Joined
        {
            [Channel("lobby", Join = true)] public static partial PeerChannel<string> Lobby { get; }
            [Channel("room/{room}/{seat}", Join = true)] public static partial PeerChannel<string> Seat(string room, int seat);
            [Channel("other")] public static partial PeerChannel<string> Other { get; }
        }
        """);

    [Fact]
    public void Channels_of_a_base_class_are_joined_first() => Matches(
        """
        [Channel("everyone", Join = true)]
        public abstract partial class Base
        {
            [Channel("lobby", Join = true)] protected static partial PeerChannel<string> Lobby { get; }
        }

        public sealed partial class Derived : Base
        {
            [Channel("room", Join = true)] private static partial PeerChannel<string> Room();
            [OnOpen] void Opened() { }
        }
        """);

    [Fact]
    public void An_interface_may_hold_addresses() => Matches(
        """
        public partial interface IAddresses
        {
            [Channel("room/{room}")] public static partial PeerChannel<string> Room(string room);
        }
        """);

    private static void Matches(string source, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Snapshot.Matches(name, Generated.Compiled($"namespace Demo;\n\n{source}", Generated.IsOfHandler));
}
