namespace Peers.Tests.Analyzers;

/// <summary>PEER026: what may never come, awaited without a token.</summary>
public sealed class EndlessWaitTests
{
    [Theory]
    [InlineData("await Task.Delay(Timeout.Infinite);", "Task.Delay(Timeout.Infinite)", "Task.Delay")]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan);", "Task.Delay(Timeout.InfiniteTimeSpan)", "Task.Delay")]
    [InlineData("await Task.Delay(-1, CancellationToken.None);", "Task.Delay(-1, CancellationToken.None)", "Task.Delay")]
    [InlineData("await _gate.WaitAsync().ConfigureAwait(false);", "_gate.WaitAsync()", "SemaphoreSlim.WaitAsync")]
    [InlineData("await foreach (var item in _items.ReadAllAsync()) { }", "_items.ReadAllAsync()", "ChannelReader.ReadAllAsync")]
    [InlineData("while (await _items.WaitToReadAsync()) { }", "_items.WaitToReadAsync()", "ChannelReader.WaitToReadAsync")]
    [InlineData("while (true) await _timer.WaitForNextTickAsync();", "_timer.WaitForNextTickAsync()", "PeriodicTimer.WaitForNextTickAsync")]
    [InlineData("await _ready.Task;", "_ready.Task", "TaskCompletionSource.Task")]
    [InlineData("while (true) { await Task.Delay(1000); peer.Send(\"tick\"); }", "await Task.Delay(1000)", "an endless loop")]
    [InlineData("for (;;) await Task.Delay(1000);", "await Task.Delay(1000)", "an endless loop")]
    public Task What_may_never_come_is_flagged_without_a_token(string body, string underlined, string call) => Flags(
        Handler("[OnOpen]", body),
        $"PEER026 '{underlined}': Hook 'Chat.Hook' awaits '{call}' without a CancellationToken, perhaps for ever after its peer has left. Pass it one: a hook may take it, and it is Peer.Closed.");

    [Theory]
    [InlineData("await Task.Delay(-1, closed);")]
    [InlineData("await Task.Delay(1000);")]
    [InlineData("await _gate.WaitAsync(peer.Closed);")]
    [InlineData("await _gate.WaitAsync(TimeSpan.FromSeconds(1));")]
    [InlineData("await foreach (var item in _items.ReadAllAsync(closed)) { }")]
    [InlineData("await _ready.Task.WaitAsync(closed);")]
    [InlineData("while (!closed.IsCancellationRequested) await Task.Delay(1000);")]
    [InlineData("while (true) { await Task.Delay(1000); closed.ThrowIfCancellationRequested(); }")]
    [InlineData("while (true) { await Task.Delay(1000); if (peer.BufferedBytes == 0) break; }")]
    [InlineData("while (true) { await Task.Delay(1000); if (peer.BufferedBytes == 0) return; }")]
    [InlineData("await Task.WhenAny(_gate.WaitAsync(), Task.Delay(1000));")]
    public Task What_ends_is_not_flagged(string body) => Flags(Handler("[OnOpen]", body));

    [Fact]
    public Task A_close_hook_has_no_use_for_the_token() => Flags(Handler("[OnClose]", "await _gate.WaitAsync();"));

    [Fact]
    public Task A_stream_without_a_token_is_reported_as_that() => Flags(
        """
        partial class Chat { [OnMessage] static async IAsyncEnumerable<Said> Watch(string text) { while (true) { await Task.Delay(1000); yield return new(text); } } }
        [Message] sealed partial record Said(string Text);
        """,
        "PEER017 'Watch': Stream hook 'Chat.Watch' takes no CancellationToken, so that nothing can end it while it waits for its next item. Take '[EnumeratorCancellation] CancellationToken cancellation'.");

    private static string Handler(string attribute, string body) => $$"""
        partial class Chat
        {
            SemaphoreSlim _gate = new(1);
            PeriodicTimer _timer = new(TimeSpan.FromSeconds(1));
            TaskCompletionSource _ready = new();
            System.Threading.Channels.ChannelReader<int> _items = System.Threading.Channels.Channel.CreateUnbounded<int>().Reader;
            {{attribute}} async Task Hook(Peer peer, CancellationToken closed) { {{body}} }
        }
        """;

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
