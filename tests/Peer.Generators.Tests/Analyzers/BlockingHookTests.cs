namespace Peers.Tests.Analyzers;

/// <summary>PEER018: what blocks a hook's thread, and what only looks like it.</summary>
public sealed class BlockingHookTests
{
    [Theory]
    [InlineData("Task.Delay(1).Wait()", "Task.Wait", "Await the task")]
    [InlineData("Task.WaitAll(Task.Delay(1))", "Task.WaitAll", "Await Task.WhenAll")]
    [InlineData("Task.Delay(1).GetAwaiter().GetResult()", "TaskAwaiter.GetResult", "Await the task")]
    [InlineData("Task.Delay(1).ConfigureAwait(false).GetAwaiter().GetResult()", "ConfiguredTaskAwaiter.GetResult", "Await the task")]
    [InlineData("new ValueTask().GetAwaiter().GetResult()", "ValueTaskAwaiter.GetResult", "Await the task")]
    [InlineData("Thread.Sleep(1)", "Thread.Sleep", "Await Task.Delay")]
    [InlineData("Thread.Sleep(0)", "Thread.Sleep", "Await Task.Delay")]
    [InlineData("new SemaphoreSlim(1).Wait()", "SemaphoreSlim.Wait", "Await WaitAsync")]
    [InlineData("new ManualResetEvent(false).WaitOne()", "WaitHandle.WaitOne", "Await a TaskCompletionSource")]
    [InlineData("System.IO.File.WriteAllText(text, text)", "File.WriteAllText", "Await WriteAllTextAsync")]
    [InlineData("System.Net.Dns.GetHostEntry(text)", "Dns.GetHostEntry", "Await GetHostEntryAsync")]
    [InlineData("System.IO.Stream.Null.Flush()", "Stream.Flush", "Await FlushAsync")]
    public Task What_blocks_a_thread_is_flagged(string call, string name, string remedy) => Flags(
        $"partial class Chat {{ [OnMessage] void Text(string text) => {call}; }}",
        $"PEER018 '{call}': Hook 'Chat.Text' calls '{name}', which blocks a thread that others wait for. {remedy}.");

    [Fact]
    public Task The_result_of_a_task_is_flagged() => Flags(
        "partial class Chat { [OnMessage] Said Text(string text) => Find(text).Result; Task<Said> Find(string text) => Task.FromResult(new Said(text)); } [Message] sealed partial record Said(string Text);",
        "PEER018 'Find(text).Result': Hook 'Chat.Text' calls 'Task.Result', which blocks a thread that others wait for. Await the task.");

    [Fact]
    public Task An_override_of_a_hook_is_a_hook() => Flags(
        "abstract class Base { [OnOpen] protected abstract void Opened(); } [PeerHandler] partial class Chat : Base { protected override void Opened() => Thread.Sleep(1); }",
        "PEER018 'Thread.Sleep(1)': Hook 'Chat.Opened' calls 'Thread.Sleep', which blocks a thread that others wait for. Await Task.Delay.");

    [Theory]
    [InlineData("var task = Task.FromResult(1); await task; Use(task.Result);")]
    [InlineData("var (a, b) = (Task.FromResult(1), Task.FromResult(2)); await Task.WhenAll(a, b); Use(a.Result); Use(b.Result);")]
    [InlineData("var all = new[] { Task.FromResult(1) }; await Task.WhenAll(all); foreach (var task in all) Use(task.Result);")]
    [InlineData("var all = new List<Task<int>> { Task.FromResult(1) }; await Task.WhenAll(all); Use(all[0].Result);")]
    [InlineData("var all = new[] { Task.FromResult(1) }; await Task.WhenAll(all); Use(all[^1].Result); Use(all.First().Result); Use(all.Where(t => t.IsCompleted).Last().Result);")]
    [InlineData("var all = new[] { Task.FromResult(1) }; await Task.WhenAll(all); var one = all[0]; Use(one.Result); one = all[0]; Use(one.GetAwaiter().GetResult());")]
    [InlineData("var all = new Dictionary<string, Task<int>> { [\"a\"] = Task.FromResult(1) }; await Task.WhenAll(all.Values); foreach (var (name, task) in all) Use(task.Result); Use(all[\"a\"].Result);")]
    [InlineData("var all = new[] { (Id: 1, Task: Task.FromResult(1)) }; await Task.WhenAll(all.Select(a => a.Task)); foreach (var one in all) Use(one.Task.Result);")]
    [InlineData("await foreach (var task in Task.WhenEach(new[] { Task.FromResult(1) })) Use(task.Result);")]
    [InlineData("var all = new[] { Task.FromResult(1) }; await Task.WhenAll(all).ConfigureAwait(false); for (var i = 0; i < all.Length; i++) Use(all[i].Result);")]
    [InlineData("var first = await Task.WhenAny(Task.FromResult(1), Task.FromResult(2)); Use(first.Result);")]
    [InlineData("var task = new ValueTask<int>(1); Use(task.IsCompletedSuccessfully ? task.Result : await task);")]
    [InlineData("if (new SemaphoreSlim(1).Wait(0)) await Task.Yield();")]
    [InlineData("if (new ManualResetEvent(false).WaitOne(TimeSpan.Zero)) await Task.Yield();")]
    [InlineData("await Task.Run(() => Thread.Sleep(1));")]
    [InlineData("new System.IO.MemoryStream().Write(new byte[1], 0, 1); await Task.Yield();")]
    [InlineData("await System.IO.File.WriteAllTextAsync(text, text); lock (this) Use(1);")]
    public Task What_does_not_block_is_not_flagged(string body) => Flags($"partial class Chat {{ [OnMessage] async Task Text(string text) {{ {body} }} void Use(int number) {{ }} }}");

    [Fact]
    public Task What_is_no_hook_may_block() => Flags("partial class Chat { [OnOpen] void Opened() { } void Block() => Thread.Sleep(1); }");

    private static Task Flags(string source, params string[] expected) => Generated.Flags(source, expected);
}
