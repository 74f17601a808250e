namespace Peers.Tests.Analyzers;

/// <summary>PEER019: payloads that are kept, and payloads that are only used.</summary>
public sealed class BorrowedPayloadTests
{
    [Theory]
    [InlineData("_last = payload;", "payload")]
    [InlineData("this._last = payload.Slice(1);", "payload.Slice(1)")]
    [InlineData("s_last = payload;", "payload")]
    [InlineData("Last = payload;", "payload")]
    [InlineData("_array[0] = payload;", "payload")]
    [InlineData("_byName[\"a\"] = payload;", "payload")]
    [InlineData("_list.Add(payload);", "payload")]
    [InlineData("_pair = (payload, 1);", "payload")]
    [InlineData("_channel.Writer.TryWrite(payload);", "payload")]
    [InlineData("_sequence = new System.Buffers.ReadOnlySequence<byte>(payload);", "new System.Buffers.ReadOnlySequence<byte>(payload)")]
    [InlineData("var copy = payload; var part = copy.Slice(1); _last = part;", "part")]
    public Task A_payload_that_is_stored_is_flagged(string body, string underlined) => Flags(
        Handler("void Binary(ReadOnlyMemory<byte> payload)", body),
        $"PEER019 '{underlined}': Hook 'Chat.Binary' borrows '{underlined}' until its task ends, but stores it. Store a copy.");

    [Theory]
    [InlineData("Message message", "_last = message.Payload;", "message.Payload")]
    [InlineData("Message message", "_message = message;", "message")]
    [InlineData("System.Buffers.ReadOnlySequence<byte> bytes", "_sequence = bytes.Slice(1);", "bytes.Slice(1)")]
    public Task Every_form_of_payload_is_borrowed(string parameter, string body, string underlined) => Flags(
        Handler($"void Binary({parameter})", body),
        $"PEER019 '{underlined}': Hook 'Chat.Binary' borrows '{underlined}' until its task ends, but stores it. Store a copy.");

    [Theory]
    [InlineData("SaveAsync(payload);")]
    [InlineData("_ = SaveAsync(payload);")]
    [InlineData("_task = SaveAsync(payload);")]
    public Task A_payload_handed_to_what_nobody_awaits_is_flagged(string body) => Flags(
        Handler("void Binary(ReadOnlyMemory<byte> payload)", body),
        "PEER019 'payload': Hook 'Chat.Binary' borrows 'payload' until its task ends, but hands it to what it does not await. Await that, or hand over a copy.");

    [Theory]
    [InlineData("Task.Run(() => payload.Length);")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => payload.ToString());")]
    [InlineData("new Thread(() => payload.ToString()).Start();")]
    [InlineData("_later = () => payload.Length;")]
    public Task A_payload_used_by_a_function_that_runs_later_is_flagged(string body) => Flags(
        Handler("void Binary(ReadOnlyMemory<byte> payload)", body),
        "PEER019 'payload': Hook 'Chat.Binary' borrows 'payload' until its task ends, but lets a function use it that runs later. Copy it before, and use the copy there.");

    [Theory]
    [InlineData("await SaveAsync(payload);")]
    [InlineData("var saving = SaveAsync(payload); await saving;")]
    [InlineData("await Task.Run(() => payload.Length);")]
    [InlineData("_last = payload.ToArray(); await Task.Yield();")]
    [InlineData("_length = payload.Length; await Task.Yield();")]
    [InlineData("var list = new List<ReadOnlyMemory<byte>>(); list.Add(payload); await Task.Yield();")]
    [InlineData("Use(payload); await Task.Yield();")]
    [InlineData("_last = _other; await Task.Yield();")]
    public Task A_payload_that_is_only_used_is_not_flagged(string body) => Flags(Handler("async Task Binary(ReadOnlyMemory<byte> payload)", body));

    [Fact]
    public Task A_task_that_is_returned_keeps_its_payload() => Flags(Handler("Task Binary(ReadOnlyMemory<byte> payload)", "return SaveAsync(payload);"));

    [Fact]
    public Task The_members_of_a_message_are_copies() => Flags(
        "partial class Chat { byte[] _last = []; [OnMessage] void Up(Upload upload) => _last = upload.Body; } [Message] sealed partial record Upload(byte[] Body);");

    private static string Handler(string hook, string body) => $$"""
        #pragma warning disable CS4014, CS0649
        partial class Chat
        {
            internal static ReadOnlyMemory<byte> s_last;
            internal ReadOnlyMemory<byte> _last, _other;
            internal ReadOnlyMemory<byte>[] _array = new ReadOnlyMemory<byte>[1];
            internal Dictionary<string, ReadOnlyMemory<byte>> _byName = [];
            internal List<ReadOnlyMemory<byte>> _list = [];
            internal (ReadOnlyMemory<byte>, int) _pair;
            internal System.Threading.Channels.Channel<ReadOnlyMemory<byte>> _channel = System.Threading.Channels.Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
            internal System.Buffers.ReadOnlySequence<byte> _sequence;
            internal Message _message;
            internal Task? _task;
            internal Func<int>? _later;
            internal int _length;
            internal ReadOnlyMemory<byte> Last { get; set; }
            Task SaveAsync(ReadOnlyMemory<byte> bytes) => Task.CompletedTask;
            void Use(ReadOnlyMemory<byte> bytes) { }
            [OnMessage(MessageKind.Binary)] {{hook}} { {{body}} }
        }
        """;

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
