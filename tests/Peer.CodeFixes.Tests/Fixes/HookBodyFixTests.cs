namespace Peers.Tests.Fixes;

/// <summary>What mends the bodies of hooks.</summary>
public sealed class HookBodyFixTests
{
    [Theory]
    [InlineData("void Text(string text) => Save(text).Wait();", "async Task Text(string text) => await Save(text);")]
    [InlineData("void Text(string text) => Save(text).GetAwaiter().GetResult();", "async Task Text(string text) => await Save(text);")]
    [InlineData("void Text(string text) { Thread.Sleep(1); }", "async Task Text(string text) { await Task.Delay(1); }")]
    [InlineData("Said Text(string text) => Find(text).Result;", "async Task<Said> Text(string text) => await Find(text);")]
    [InlineData("void Text(string text) => Use(Find(text).Result.Text.Length);", "async Task Text(string text) => Use((await Find(text)).Text.Length);")]
    [InlineData("async Task Text(string text) { _gate.Wait(1); await Save(text); }", "async Task Text(string text) { await _gate.WaitAsync(1); await Save(text); }")]
    [InlineData("void Text(string text, CancellationToken left) => _gate.Wait(left);", "async Task Text(string text, CancellationToken left) => await _gate.WaitAsync(left);")]
    [InlineData("void Text(string text, CancellationToken left) => Save(text).Wait(left);", "async Task Text(string text, CancellationToken left) => await Save(text).WaitAsync(left);")]
    [InlineData("void Text(string text) => Task.WaitAll(Save(text), Save(text));", "async Task Text(string text) => await Task.WhenAll(Save(text), Save(text));")]
    [InlineData("void Text(string text) => File.WriteAllText(text, text);", "async Task Text(string text) => await File.WriteAllTextAsync(text, text);")]
    public Task A_blocking_call_is_awaited(string before, string after) => OneFile.Fixes(Waiting(before), Waiting(after));

    [Fact]
    public Task A_semaphore_is_awaited_and_the_token_left_to_the_fix_for_that() => OneFile.Fixes(
        Waiting("void Text(string text) => _gate.Wait();"), Waiting("async Task Text(string text) => await _gate.WaitAsync();"), leaves: "PEER026");

    [Fact]
    public Task All_blocking_calls_of_a_hook_are_awaited_at_once() => OneFile.FixesAll(
        Waiting("void Text(string text) { Thread.Sleep(1); Save(text).Wait(); Use(Find(text).Result.Text.Length); }"),
        Waiting("async Task Text(string text) { await Task.Delay(1); await Save(text); Use((await Find(text)).Text.Length); }"));

    [Theory]
    [InlineData("Task Text(string text) { Thread.Sleep(1); return Save(text); }")]
    [InlineData("void Text(in Message message) => Thread.Sleep(1);")]
    [InlineData("void Text(string text) { lock (_gate) Thread.Sleep(1); }")]
    [InlineData("void Text(string text) => new ManualResetEvent(false).WaitOne();")]
    [InlineData("void Text(string text) => Save(text).Wait(1000);")]
    [InlineData("void Text(string text) => Save(text).Wait(TimeSpan.FromSeconds(1));")]
    [InlineData("void Text(string text) { if (!Save(text).Wait(TimeSpan.FromSeconds(1))) Use(1); }")]
    [InlineData("void Text(string text) { if (!Find(text).Wait(TimeSpan.FromSeconds(1))) Use(1); }")]
    [InlineData("void Text(string text) => new ManualResetEventSlim().Wait();")]
    public Task What_cannot_be_awaited_just_so_is_left_to_its_author(string hook) => OneFile.OffersNothing(Waiting(hook));

    [Theory]
    [InlineData("void Keep(ReadOnlyMemory<byte> payload) => Memory = payload;", "void Keep(ReadOnlyMemory<byte> payload) => Memory = payload.ToArray();")]
    [InlineData("void Keep(ReadOnlyMemory<byte> payload) => Memory = payload.Slice(1);", "void Keep(ReadOnlyMemory<byte> payload) => Memory = payload.Slice(1).ToArray();")]
    [InlineData("void Keep(Message message) => Memory = message.Payload;", "void Keep(Message message) => Memory = message.Payload.ToArray();")]
    [InlineData("void Keep(Message message) => Last = message;", "void Keep(Message message) => Last = new Message(message.Kind, message.Payload.ToArray());")]
    [InlineData("void Keep(ReadOnlySequence<byte> payload) => Sequence = payload;", "void Keep(ReadOnlySequence<byte> payload) => Sequence = new ReadOnlySequence<byte>(payload.ToArray());")]
    [InlineData("void Keep(ReadOnlyMemory<byte> payload) => Sequence = new(payload);", "void Keep(ReadOnlyMemory<byte> payload) => Sequence = new(payload.ToArray());")]
    [InlineData("void Keep(ReadOnlyMemory<byte> payload) => Pair = (payload, 1);", "void Keep(ReadOnlyMemory<byte> payload) => Pair = (payload.ToArray(), 1);")]
    [InlineData("void Keep(ReadOnlyMemory<byte> payload) => _ = SaveAsync(payload);", "void Keep(ReadOnlyMemory<byte> payload) => _ = SaveAsync(payload.ToArray());")]
    public Task A_payload_that_is_kept_is_copied(string before, string after) => OneFile.Fixes(Keeping(before), Keeping(after));

    [Fact]
    public Task A_function_that_runs_later_is_left_to_its_author() => OneFile.OffersNothing(Keeping("void Keep(ReadOnlyMemory<byte> payload) => Task.Run(() => payload.Length);"));

    [Theory]
    [InlineData("async Task Opened(CancellationToken left) => await Gate.WaitAsync();", "async Task Opened(CancellationToken left) => await Gate.WaitAsync(left);")]
    [InlineData("async Task Opened(Peer peer) => await Gate.WaitAsync();", "async Task Opened(Peer peer) => await Gate.WaitAsync(peer.Closed);")]
    [InlineData("async Task Opened() => await Task.Delay(-1);", "async Task Opened(CancellationToken closed) => await Task.Delay(-1, closed);")]
    [InlineData("async Task Opened(Peer peer) => await Gate.WaitAsync(CancellationToken.None);", "async Task Opened(Peer peer) => await Gate.WaitAsync(peer.Closed);")]
    [InlineData("async Task Opened(Peer peer) => await Ready.Task;", "async Task Opened(Peer peer) => await Ready.Task.WaitAsync(peer.Closed);")]
    public Task What_may_never_come_is_given_a_token(string before, string after) => OneFile.Fixes(Endless(before), Endless(after));

    [Fact]
    public Task An_endless_loop_is_left_to_its_author() => OneFile.OffersNothing(Endless("async Task Opened(Peer peer) { while (true) await Task.Delay(1000); }"));

    private static string Waiting(string hook) => $$"""
        using System;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;
        using Peers;

        [Message] public sealed partial record Said(string Text);

        public partial class Chat
        {
            internal readonly SemaphoreSlim _gate = new(1);
            Task Save(string text) => Task.CompletedTask;
            Task<Said> Find(string text) => Task.FromResult(new Said(text));
            void Use(int number) { }

            [OnMessage]
            {{hook}}
        }
        """;

    private static string Keeping(string hook) => $$"""
        using System;
        using System.Buffers;
        using System.Threading.Tasks;
        using Peers;

        public partial class Chat
        {
            ReadOnlyMemory<byte> Memory { get; set; }
            ReadOnlySequence<byte> Sequence { get; set; }
            (ReadOnlyMemory<byte>, int) Pair { get; set; }
            Message Last { get; set; }
            Task SaveAsync(ReadOnlyMemory<byte> payload) => Task.CompletedTask;

            [OnMessage]
            {{hook}}
        }
        """;

    private static string Endless(string hook) => $$"""
        using System.Threading;
        using System.Threading.Tasks;
        using Peers;

        public partial class Chat
        {
            SemaphoreSlim Gate { get; } = new(1);
            TaskCompletionSource Ready { get; } = new();

            [OnOpen]
            {{hook}}
        }
        """;
}
