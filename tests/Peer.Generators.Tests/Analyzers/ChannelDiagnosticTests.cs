namespace Peers.Tests.Analyzers;

public sealed class ChannelDiagnosticTests
{
    [Fact]
    public Task A_template_that_names_no_parameter() => Flags(
        """static partial class C { [Channel("a/{rom}")] public static partial PeerChannel<string> Room(); }""",
        "PEER006 'Room': Channel 'C.Room' names '{rom}', which is none of its parameters. Add the parameter, or remove it from the template.");

    [Fact]
    public Task A_parameter_that_the_template_does_not_name() => Flags(
        """static partial class C { [Channel("a")] public static partial PeerChannel<string> Room(string room); }""",
        "PEER006 'Room': Channel 'C.Room' takes 'room', which its template 'a' does not name. Add '{room}' to the template, or remove the parameter.");

    [Fact]
    public Task A_template_whose_parameter_has_another_name_is_wrong_in_one_way() => Flags(
        """static partial class C { [Channel("a/{rom}")] public static partial PeerChannel<string> Room(string room); }""",
        "PEER006 'Room': Channel 'C.Room' names '{rom}', but takes 'room'. Write '{room}' in the template, or rename the parameter.");

    [Fact]
    public Task A_type_that_is_not_partial() => Flags(
        """static class C { [Channel("a")] public static partial PeerChannel<string> A { get; } [Channel("b")] public static partial PeerChannel<string> B { get; } }""",
        "PEER007 'C': Channel 'C.A' stands in 'C', which is not partial. Add 'partial' to 'C'.",
        Generated.MissingPartial(14, "C"));

    [Fact]
    public Task A_join_whose_value_no_text_can_become() => Flags(
        """[PeerHandler] partial class C { [Channel("a/{x}", Join = true)] public static partial PeerChannel<string> A(Area x); } struct Area : IFormattable { public string ToString(string? format, IFormatProvider? provider) => ""; }""",
        "PEER024 'x': 'C.A' takes the route value 'x' as 'Area', which no text can become. Take string, an enum, or a type that implements IParsable<T>.");

    [Fact]
    public Task A_channel_that_is_wrong_by_itself_meets_no_other() => Flags(
        """
        static partial class C
        {
            [Channel("a")] public static partial PeerChannel<string> A { get; }
            [Channel("a")] public static PeerChannel<Uri> B => new("a");
        }
        """,
        "PEER007 'B': Channel 'C.B' is not static and partial. Declare it 'static partial', without a body.");

    [Fact]
    public Task A_brace_that_is_no_parameter() => Flags(
        """static partial class C { [Channel("a/{")] public static partial PeerChannel<string> A { get; } }""",
        "PEER006 'A': Channel 'C.A' has the template 'a/{', in which a brace is no parameter. Write parameters as {name}.");

    [Fact]
    public Task An_empty_template() => Flags(
        """static partial class C { [Channel("")] public static partial PeerChannel<string> A { get; } }""",
        "PEER006 'A': Channel 'C.A' has an empty template. Write parameters as {name}.");

    [Fact]
    public Task A_member_with_a_body() => Flags(
        """static class C { [Channel("a")] public static PeerChannel<string> A => new("a"); }""",
        "PEER007 'A': Channel 'C.A' is not static and partial. Declare it 'static partial', without a body.");

    [Fact]
    public Task A_member_that_is_not_static() => Flags(
        """partial class C { [Channel("a")] public partial PeerChannel<string> A { get; } }""",
        "PEER007 'A': Channel 'C.A' is not static and partial. Declare it 'static partial', without a body.");

    [Fact]
    public Task A_member_that_returns_something_else() => Flags(
        """static partial class C { [Channel("a")] public static partial string A(); }""",
        "PEER007 'A': Channel 'C.A' returns 'string'. Return PeerChannel<T>.");

    [Fact]
    public Task A_parameter_without_a_text() => Flags(
        """static partial class C { [Channel("a/{x}")] public static partial PeerChannel<string> A(object x); }""",
        "PEER007 'A': Channel 'C.A' takes 'object x', which has no text that is the same everywhere. Take string, or a type that implements IFormattable.");

    [Fact]
    public Task A_generic_address() => Flags(
        """static partial class C { [Channel("a")] public static partial PeerChannel<T> A<T>(); }""",
        "PEER007 'A': Channel 'C.A' has type parameters. Remove them.");

    [Fact]
    public Task A_property_with_a_setter() => Flags(
        """static partial class C { [Channel("a")] public static partial PeerChannel<string> A { get; set; } }""",
        "PEER007 'A': Channel 'C.A' has a setter. Leave the getter only.");

    [Fact]
    public Task A_join_where_there_are_no_peers() => Flags(
        """static partial class C { [Channel("a", Join = true)] public static partial PeerChannel<string> A { get; } }""",
        "PEER007 'A': Channel 'C.A' is to be joined, but 'C' is no handler. Remove Join, or add a hook or [PeerHandler].");

    [Fact]
    public Task A_channel_on_a_class_that_nobody_joins() => Flags(
        """[PeerHandler, Channel("a")] partial class C;""",
        "PEER007 'C': Channel 'C' has no address and is not joined. Set Join = true, or move it to a static partial member.");

    [Fact]
    public Task A_join_whose_value_the_route_lacks() => Flags(
        """[PeerHandler("/{other}")] partial class C { [Channel("a/{room}", Join = true)] public static partial PeerChannel<string> A(string room); }""",
        "PEER013 'A': 'C.A' takes the route value 'room', which the route '/{other}' lacks. Rename the parameter, or add '{room}' to the route.");

    [Fact]
    public Task A_private_channel_of_a_base_class_to_be_joined() => Flags(
        """abstract partial class B { [Channel("a", Join = true)] private static partial PeerChannel<string> A { get; } } [PeerHandler] partial class C : B;""",
        "PEER007 'A': Channel 'B.A' is private, so that the peers of 'C' cannot join it. Make it protected.");

    [Fact]
    public Task Two_addresses_that_can_name_one_channel() => Flags(
        """
        static partial class A { [Channel("room/{room}")] public static partial PeerChannel<string> Room(string room); }
        static partial class B { [Channel("room/lobby")] public static partial PeerChannel<Uri> Lobby { get; } }
        """,
        "PEER014 'Lobby': Channel 'B.Lobby' can have the same name as channel 'A.Room', but its events are 'Uri', not 'string'. Give both the same event type, or change one template.");

    [Fact]
    public Task Addresses_of_one_event_type_may_meet() => Flags(
        """
        static partial class A
        {
            [Channel("room/{room}")] public static partial PeerChannel<string> Room(string room);
            [Channel("room/lobby")] public static partial PeerChannel<string> Lobby { get; }
            [Channel("room/{room}/typing")] public static partial PeerChannel<Uri> Typing(string room);
        }
        """);

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("{x}", "a", true)]
    [InlineData("{x}", "a/b", false)]
    [InlineData("{x}", "", true)]
    [InlineData("a{x}c", "abc", true)]
    [InlineData("a{x}c", "abd", false)]
    [InlineData("{x}b", "a{y}", true)]
    [InlineData("{x}/a", "{y}/{z}", true)]
    [InlineData("{x}/a", "b/{z}/a", false)]
    [InlineData("{x}{y}", "{z}", true)]
    [InlineData("a/{x}", "a/ü", false)]
    public void Templates_meet_where_some_values_give_one_name(string first, string second, bool meet)
    {
        Assert.Equal(meet, Peers.Generators.TemplateOverlap.CanMeet(first, second));
        Assert.Equal(meet, Peers.Generators.TemplateOverlap.CanMeet(second, first));
    }

    [Fact]
    public Task Correct_channels_are_not_flagged() => Flags(
        """
        [Channel("everyone", Join = true)]
        partial class C
        {
            [OnOpen] void Opened() { }
            [Channel("a/{room}/{number}", Join = true)] public static partial PeerChannel<string> A(string room, int number);
            [Channel("b")] static partial PeerChannel<string> B { get; }
        }
        """);

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
