using System.Globalization;
using System.Text;
using Peers.Bench.Servers;

namespace Peers.Bench.Load;

/// <summary>What a client says to one kind of server, and what it expects to hear.</summary>
/// <param name="Path">Where it connects.</param>
/// <param name="Request">The payload of what it sends.</param>
/// <param name="Reply">What comes back for it. In a fan-out, what each subscriber hears.</param>
/// <param name="Hello">What it says first, before anything else, or null.</param>
/// <param name="HelloReply">What it then waits for.</param>
/// <param name="IsBinary">Whether its messages are binary.</param>
internal sealed record Dialect(string Path, byte[] Request, byte[] Reply, byte[]? Hello = null, byte[]? HelloReply = null, bool IsBinary = false)
{
    /// <summary>The digits of the sequence number that stands at the start of a published text.</summary>
    public const int SequenceLength = 8;

    /// <summary>The id and the number of the request of a <c>requests</c> dialect: others of the same length take its place.</summary>
    public const string FirstId = "100";

    private const char RecordSeparator = '\x1e';
    private const string Move = """{"tick":123456,"x":12.5,"y":-3.25}""";

    private static string Content => $$"""{"text":"{{Bursts.Text}}"}""";

    public static Dialect Of(string workload, string server, int size) => (workload, server) switch
    {
        ("echo", "signalr") => SignalR("/echo", Call("echo", $"\"{Letters(size)}\"", "1"), Completion($"\"{Letters(size)}\"")),
        ("idle", "peer") => new("/rooms/{0}", Utf8("""{"type":"say","text":"hi"}"""), Utf8("""{"type":"said","who":"Guest","text":"hi"}""")),
        ("idle", "bare") => Of("echo", server, size) with { Path = "/rooms/{0}" },
        ("idle", _) => Of("echo", server, size),
        ("typed", "signalr") => SignalR("/typed", Call("move", Move, "1"), Completion(Move)),
        ("fanout", "signalr") => SignalR("/fanout", Call("say", $"\"{Letters(size)}\"", null), Call("said", $"\"{Letters(size)}\"", null)),
        ("echo", "signalr-msgpack") => HubPack.Echo(Letters(size)),
        ("typed", "signalr-msgpack") => HubPack.Move(123456, 12.5, -3.25),
        ("fanout", "signalr-msgpack") => HubPack.Say(Letters(size)),
        ("requests", "signalr") => SignalR("/requests", Call("load", $$"""{"number":{{FirstId}}}""", FirstId), Completion(Content, FirstId)),
        ("requests", _) => new(
            "/requests",
            Utf8($$"""{"type":"widget","$id":{{FirstId}},"number":{{FirstId}}}"""),
            Utf8($$"""{"type":"content","$re":{{FirstId}},{{Content[1..]}}""")),
        ("hook", "signalr") => SignalR("/hook", Call("all", null, null), Call("piece", $"\"{new string('x', Bursts.PieceLength)}\"", null)),
        ("hook", _) => new("/hook", Utf8("all"), Bursts.Piece),
        ("typed", _) => new("/typed", Utf8($$"""{"type":"move",{{Move[1..]}}"""), Utf8($$"""{"type":"moved",{{Move[1..]}}""")),
        _ => new("/" + workload, Utf8(Letters(size)), Utf8(Letters(size))),
    };

    /// <summary>The same in one of many rooms, where the server has rooms.</summary>
    public Dialect In(int room) => this with { Path = Path.Replace("{0}", room.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) };

    /// <summary>Where the text stands in what is published and in what is heard.</summary>
    public static int TextIn(ReadOnlySpan<byte> payload) => payload.IndexOf("00000000"u8);

    // ASCII, as long as asked for, beginning with the place of a sequence number.
    private static string Letters(int size) => string.Create(CultureInfo.InvariantCulture, $"{0:D8}{new string('x', size)}")[..size];

    private static Dialect SignalR(string path, string request, string reply) =>
        new(path, Utf8(request), Utf8(reply), Utf8("""{"protocol":"json","version":1}""" + RecordSeparator), Utf8("{}" + RecordSeparator));

    private static string Call(string target, string? argument, string? id) =>
        $$"""{"type":1,{{(id is null ? "" : $"\"invocationId\":\"{id}\",")}}"target":"{{target}}","arguments":[{{argument}}]}""" + RecordSeparator;

    private static string Completion(string result, string id = "1") =>
        $$"""{"type":3,"invocationId":"{{id}}","result":{{result}}}""" + RecordSeparator;

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
