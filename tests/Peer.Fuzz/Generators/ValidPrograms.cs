namespace Peers.Fuzzing;

/// <summary>The programs that edits begin with: legal, and with something of everything that the generator looks at.</summary>
internal static class ValidPrograms
{
    /// <summary>What every program has in sight.</summary>
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Text.Json.Serialization;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Mvc;
        global using Microsoft.Extensions.DependencyInjection;
        global using Peers;
        """;

    /// <summary>Each with its files.</summary>
    public static IReadOnlyList<string[]> All { get; } =
    [
        [
            """
            namespace Chat;

            [PeerHandler("/rooms/{room}/{seat:int}")]
            public sealed partial class Room(IServiceProvider services, int size = 3)
            {
                private readonly List<string> _words = [];

                [Channel("room/{room}", Join = true)] public static partial PeerChannel<IRoomEvent> Of(string room);
                [Channel("all")] public static partial PeerChannel<Said> All { get; }

                [OnUpgrade] UpgradeResult Admit(UpgradeRequest request, [FromServices] IServiceProvider other) => UpgradeResult.Accept();
                [OnOpen] async Task Opened(Peer peer, [FromRoute] string room, [FromRoute(Name = "seat")] int number) { await Task.Yield(); peer.Publish(Of(room), new Joined(room, size)); }
                [OnMessage] Said Say(Say say, Peer peer) => new(say.Text, DateTimeOffset.UnixEpoch) { Tags = [say.Text], Number = 2 };
                [OnMessage] async Task<Said> Later(Peer peer, Rename rename, [FromKeyedServices("a")] IServiceProvider keyed) { await Task.Yield(); return new("", default) { Number = 3 }; }
                [OnMessage] static async IAsyncEnumerable<Said> Watch(Watch watch, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token) { await Task.Yield(); yield break; }
                [OnMessage] void Any(IRoomEvent any) { _words.Add(any.ToString()!); }
                [OnMessage] void Text(string text) { }
                [OnMessage] ValueTask Binary(ReadOnlyMemory<byte> bytes, CancellationToken token) => default;
                [OnClose] void Closed(Peer peer, CloseEvent close) => services.ToString();
                [OnError] void Failed(PeerError error) { }
                [OnDrain] void Drained() { }
            }
            """,
            """
            namespace Chat;

            [Message] public partial interface IRoomEvent;
            [Message] public sealed partial record Joined(string Who, int Count) : IRoomEvent;
            [Message] public readonly partial record struct Say(string Text);
            [Message("re-name")] public sealed partial record Rename(string Name, int? Number = 3, Mood Mood = Mood.Fine);
            [Message] public readonly partial record struct Watch;
            [Message]
            public sealed partial record Said(string Text, DateTimeOffset At) : IRoomEvent
            {
                public List<string> Tags { get; init; } = [];
                public Dictionary<string, Part[]>? Parts { get; set; }
                [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Part? Part { get; init; }
                [JsonPropertyName("n")] public required long Number { get; set; } = 1;
                [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public Said(string text) : this(text, default) { }
            }
            [JsonConverter(typeof(JsonStringEnumConverter<Mood>))] public enum Mood { Fine, [JsonStringEnumMemberName("so-so")] Meh }
            public record Part(string Name, Page<int> Page);
            public sealed class Page<T> { public List<T> Items { get; init; } = []; public int Size { get; init; } = 20; public Page<T>? Next { get; set; } }
            """,
        ],
        [
            """
            [assembly: MessageType<System.Drawing.Point>("point")]

            public abstract partial class Audited
            {
                [Channel("audit", Join = true)] protected static partial PeerChannel<Entry> Audit { get; }
                [OnOpen] protected virtual void Opened(Peer peer) => peer.Publish(Audit, new Entry { Limit = 3 });
                [OnPing] protected static void Ping(ReadOnlyMemory<byte> bytes) { }
            }

            [PeerHandler("/a/{id}")]
            public sealed partial class Canvas : Audited
            {
                public Canvas(IServiceProvider services) { }
                protected override void Opened(Peer peer) { }
                [OnMessage] System.Drawing.Point Move(System.Drawing.Point point) => point;
                [OnMessage] void Draw(Shape shape, [FromRoute] Guid id) { }
                [OnMessage] Entry Log(Entry entry) => entry;
            }

            public static partial class Inboxes
            {
                [Channel("user/{id}")] public static partial PeerChannel<Entry> Inbox(this Guid id);
                [Channel("user/{id}/{day}")] internal static partial PeerChannel<Shape> OnDay(string id, DayOfWeek day);
            }
            """,
            """
            [Message] public abstract partial record Shape(string Name);
            [Message] public sealed partial record Circle(string Name, double Radius) : Shape(Name);
            [Message, JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] public sealed partial record Square(string Name, int Side, Shape? Inner) : Shape(Name);
            public abstract class Limited { protected Limited() => Limit = 10; public abstract int Limit { get; set; } }
            [Message, JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] public sealed partial class Entry : Limited { public override int Limit { get; set; } [JsonInclude] internal string? Hidden { get; init; } = ""; }
            partial class Outer<T> where T : class { [Message] public sealed partial record Inner(List<int> Items, T[]? None = null) { [JsonIgnore] public T[]? None { get; init; } = None; } }
            """,
        ],
        [
            """
            [Message] public sealed partial record Numbers(sbyte A, byte B, short? C, ushort D, int[] E, uint? F, long G, ulong H, Half I, float J, double? K, decimal L, Int128 M, char N, bool O);
            [Message] public partial struct Things { public Uri? Link { get; set; } public Guid Id { get; init; } public HashSet<string> Names { get; set; } public Dictionary<string, List<int?>> Maps { get; init; } public byte[]? Bytes { get; set; } }
            [Message] public sealed partial class Mutable { public Mutable? Next { get; set; } public IReadOnlyList<Mutable> All { get; init; } = []; [RawJson] public ReadOnlyMemory<byte> Raw { get; set; } public System.Text.Json.JsonElement Any { get; set; } }
            partial class Plain { [OnMessage] Task<Numbers> Count(Mutable mutable) => Task.FromResult<Numbers>(null!); [OnMessage] void Thing(in Things things, Peer peer) => peer.Send(things); }
            """,
        ],
    ];
}
