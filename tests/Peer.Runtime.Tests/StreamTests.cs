using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Streams of replies: what the client gets, what ends them, and what they leave alone.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly PeerHost _host;
    private readonly TaskCompletionSource _disposed = Patience.Signal();
    private readonly TaskCompletionSource _reached = Patience.Signal();
    private readonly TaskCompletionSource _waiting = Patience.Signal();
    private readonly TaskCompletionSource _gate = Patience.Signal();

    public StreamTests() => _host = new(_time, _log);

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Each_item_answers_the_request_and_the_end_is_told()
    {
        await using var client = await ConnectAsync((_, _) => UpTo(2));
        await client.SendAsync(Watch(7));

        Assert.Equal("""{"type":"count","$re":7,"value":1}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"count","$re":7,"value":2}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"$end","$re":7}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Without_an_id_items_are_simply_sent_and_the_end_is_not_told()
    {
        await using var client = await ConnectAsync((_, _) => Two());
        await client.SendAsync("""{"type":"watch"}""");
        Assert.Equal("""{"type":"count","value":1}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"count","value":2}""", await client.ReceiveTextAsync());

        // A later hook may send between the items of a stream: it is asked when there are no more.
        await _disposed.Soon();
        await client.SendAsync("""{"type":"echo"}""");
        Assert.Equal("echo", await client.ReceiveTextAsync());

        async IAsyncEnumerable<Count> Two()
        {
            yield return new(1);
            yield return new(2);
            await Task.CompletedTask;
            _disposed.SetResult();
        }
    }

    [Fact]
    public async Task Later_hooks_send_between_the_items_of_a_stream_that_never_awaits()
    {
        await using var client = await ConnectAsync((_, cancelled) => Endless(cancelled));
        await client.SendAsync("""{"type":"watch"}""");
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"echo"}""");

        while (await client.ReceiveTextAsync() != "echo") { }
        Assert.False(_disposed.Task.IsCompleted);
        Assert.StartsWith("""{"type":"count",""", await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Later_hooks_run_while_a_stream_waits_for_its_next_item()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"echo"}""");

        Assert.Equal("echo", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_cancel_cancels_the_token_disposes_the_enumerator_and_is_answered()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync(Watch("\"a\""));
        Assert.Equal("""{"type":"count","$re":"a","value":1}""", await client.ReceiveTextAsync());
        await client.SendAsync("""{"type":"$cancel","$id":"a"}""");

        Assert.Equal("""{"type":"$error","$re":"a","code":"cancelled","message":"The stream was cancelled."}""", await client.ReceiveTextAsync());
        Assert.True(_disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task A_stream_that_ends_by_itself_when_it_is_cancelled_was_cancelled()
    {
        await using var client = await ConnectAsync((_, cancelled) => UntilCancelled(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"$cancel","$id":1}""");

        Assert.Equal("""{"type":"$error","$re":1,"code":"cancelled","message":"The stream was cancelled."}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_cancel_does_not_wait_for_a_pending_hook()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"wait"}""");
        await _waiting.Soon();
        await client.SendAsync("""{"type":"$cancel","$id":1}""");

        Assert.Contains("cancelled", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        _gate.SetResult();
    }

    [Fact]
    public async Task A_cancel_in_another_order_or_with_spaces_is_understood_too()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        await client.SendAsync("""{ "$id" : 1, "more" : [], "type" : "$cancel" }""");

        Assert.Contains("cancelled", await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancel_that_came_while_its_request_waited_for_a_hook_is_not_lost()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync("""{"type":"wait"}""");
        await client.SendAsync(Watch(1));
        await client.SendAsync("""{"type":"$cancel","$id":1}""");
        _gate.SetResult();

        Assert.Equal("""{"type":"count","$re":1,"value":1}""", await client.ReceiveTextAsync());
        Assert.Contains("cancelled", await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"$cancel","$id":1}""")]
    [InlineData("""{"type":"$cancel","$id":"1"}""")]
    [InlineData("""{"type":"$cancel","$id":9}""")]
    public async Task A_cancel_of_what_has_ended_or_never_was_is_no_mistake(string cancel)
    {
        await using var client = await ConnectAsync((_, _) => UpTo(0));
        await client.SendAsync(Watch(1));
        Assert.Equal("""{"type":"$end","$re":1}""", await client.ReceiveTextAsync());
        await client.SendAsync(cancel);
        await client.SendAsync("""{"type":"echo"}""");

        Assert.Equal("echo", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_cancel_that_names_nothing_is_invalid()
    {
        await using var client = await ConnectAsync((_, _) => UpTo(0));
        await client.SendAsync("""{"type":"$cancel"}""");

        Assert.Equal("""{"type":"$error","code":"invalid","message":"The $id of what is to be cancelled is missing."}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_stream_that_throws_ends_its_request_in_general_terms_and_the_peer_stays()
    {
        await using var client = await ConnectAsync((_, _) => OneThenThrow());
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();

        Assert.Equal("""{"type":"$error","$re":1,"code":"failed","message":"The request failed."}""", await client.ReceiveTextAsync());
        await client.SendAsync("""{"type":"echo"}""");
        Assert.Equal("echo", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_hook_that_throws_before_there_is_a_stream_leaves_no_stream_behind()
    {
        await using var client = await ConnectAsync((_, _) => throw new InvalidOperationException("secret"), new() { MaxStreams = 1 });
        for (var id = 1; id <= 2; id++)
        {
            await client.SendAsync(Watch(id));
            Assert.Contains("failed", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_without_an_id_that_throws_closes_with_1011()
    {
        await using var client = await ConnectAsync((_, _) => OneThenThrow());
        await client.SendAsync("""{"type":"watch"}""");
        await client.ReceiveTextAsync();

        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task The_error_hook_decides_about_a_stream_that_throws_when_no_other_hook_runs()
    {
        var seen = Patience.Signal<PeerError>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ErrorHandler
        {
            Typed = Dispatch((_, _) => OneThenThrow()),
            Error = (_, error) =>
            {
                error.Action = PeerErrorAction.Continue;
                seen.SetResult(error);
                return default;
            },
        });
        await client.SendAsync("""{"type":"watch"}""");
        await client.ReceiveTextAsync();
        var error = await seen.Soon();
        await client.SendAsync("""{"type":"echo"}""");

        Assert.Equal("echo", await client.ReceiveTextAsync());
        Assert.Equal((PeerErrorKind.HookFailed, "OnMessage", "watch", "secret"), (error.Kind, error.Hook, error.MessageType, error.Exception!.Message));
    }

    [Fact]
    public async Task The_error_hook_waits_until_the_hook_that_is_pending_has_ended()
    {
        List<string> order = [];
        var failed = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ErrorHandler
        {
            Typed = Dispatch((_, _) => Throwing(), waited: () => order.Add("waited")),
            Error = (_, _) => { order.Add("failed"); failed.SetResult(); return default; },
        });
        await client.SendAsync(Watch(1));
        await _reached.Soon();
        await client.SendAsync("""{"type":"wait"}""");
        await _waiting.Soon();
        _disposed.SetResult();
        Assert.Contains("failed", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        _gate.SetResult();

        await failed.Soon();
        Assert.Equal(["waited", "failed"], order);

        // Fails while the other hook is pending.
        async IAsyncEnumerable<Count> Throwing()
        {
            _reached.SetResult();
            await _disposed.Task;
            if (_reached.Task.IsCompleted) throw new InvalidOperationException("secret");
            yield return default;
        }
    }

    [Trait("option", "MaxStreams")]
    [Fact]
    public async Task One_stream_more_than_MaxStreams_is_busy_and_its_place_is_free_when_another_has_ended()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled), new() { MaxStreams = 2 });
        for (var id = 1; id <= 2; id++)
        {
            await client.SendAsync(Watch(id));
            await client.ReceiveTextAsync();
        }

        await client.SendAsync(Watch(3));
        Assert.Equal("""{"type":"$error","$re":3,"code":"busy","message":"Too many streams are running."}""", await client.ReceiveTextAsync());
        Assert.Matches(@"^Peer .* asked for one more stream than MaxStreams \(2\) and was refused\. Raise PeerOptions\.MaxStreams, or let it cancel those it no longer reads\.", _log.Single(40));
        await client.SendAsync("""{"type":"$cancel","$id":1}""");
        await client.ReceiveTextAsync();
        await client.SendAsync(Watch(3));
        Assert.Equal("""{"type":"count","$re":3,"value":1}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_second_stream_of_an_id_is_invalid_until_the_first_has_ended()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        await client.SendAsync(Watch(1));
        Assert.Equal("""{"type":"$error","$re":1,"code":"invalid","message":"A stream of this $id is running."}""", await client.ReceiveTextAsync());

        await client.SendAsync("""{"type":"$cancel","$id":1}""");
        await client.ReceiveTextAsync();
        await client.SendAsync(Watch(1));
        Assert.Equal("""{"type":"count","$re":1,"value":1}""", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_leaves_ends_its_streams_before_its_handler_is_disposed(bool politely)
    {
        var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        if (politely) await client.CloseAsync();
        await client.DisposeAsync();

        Assert.True(_disposed.Task.IsCompleted);
        Assert.Equal(0, _host.PeerCount);
    }

    [Fact]
    public async Task Closing_a_peer_ends_its_streams_at_once_although_the_client_has_not_answered()
    {
        await using var client = await ConnectAsync((_, cancelled) => OneThenForever(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        client.Peer.Close();

        await _disposed.Soon();
        Assert.False(client.Peer.Closed.IsCancellationRequested);
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task The_close_hook_does_not_wait_for_a_stream_that_ignores_its_token_but_the_handler_does()
    {
        var closed = Patience.Signal();
        var handler = new ScriptedHandler { Typed = Dispatch((_, _) => OneThenGate()), Close = (_, _) => { closed.SetResult(); return default; } };
        var client = await MemoryClient.ConnectAsync(_host, handler);
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        await client.DropAsync();

        await closed.Soon();
        Assert.Equal(0, handler.DisposeCount);
        _gate.SetResult();
        await client.DisposeAsync();
        Assert.Equal(1, handler.DisposeCount);
    }

    [Fact]
    public async Task A_stream_that_ignores_its_token_does_not_hold_up_a_shutdown_longer_than_its_timeout()
    {
        var client = await ConnectAsync((_, _) => OneThenGate());
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        var closing = _host.CloseAllAsync(timeout: TimeSpan.FromSeconds(3));
        await client.ReceiveCloseAsync();
        await client.CloseAsync(CloseCode.ServiceRestart);
        Assert.False(closing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(3));

        await closing.WaitAsync(Patience.Limit);
        await client.DisposeAsync();
        Assert.False(_gate.Task.IsCompleted);
    }

    [Fact]
    public async Task A_stream_to_a_client_that_does_not_read_waits_and_goes_on_when_it_does()
    {
        var made = 0;
        await using var client = await ConnectAsync((_, _) => Many(), new() { DrainThreshold = 1000 }, new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500));
        await client.SendAsync(Watch(1));
        await _reached.Soon();

        for (var value = 1; value <= 1000; value++) Assert.Equal($$"""{"type":"count","$re":1,"value":{{value}}}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"$end","$re":1}""", await client.ReceiveTextAsync());

        async IAsyncEnumerable<Count> Many()
        {
            while (made < 1000)
            {
                // No more than the threshold and one item waits, whatever the enumerator could do.
                Assert.InRange(_host.Peers.Single().BufferedBytes, 0, 1100);
                if (++made == 10) _reached.SetResult();
                yield return new(made);
            }

            await Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Streams_never_make_a_slow_client_one_that_is_closed_however_little_may_wait()
    {
        var options = new PeerOptions { MaxBufferedBytes = 300 };
        await using var client = await ConnectAsync((_, _) => UpTo(200), options, new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 50));
        for (var id = 1; id <= 5; id++) await client.SendAsync(Watch(id));

        var ends = 0;
        for (var received = 0; received < 5 * 201; received++)
        {
            if ((await client.ReceiveTextAsync()).Contains("$end", StringComparison.Ordinal)) ends++;
        }

        Assert.Equal(5, ends);
    }

    [Fact]
    public async Task A_stream_that_waits_for_a_slow_client_can_be_cancelled()
    {
        await using var client = await ConnectAsync((_, cancelled) => Endless(cancelled), new() { DrainThreshold = 1000 }, new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500));
        await client.SendAsync(Watch(1));
        await _reached.Soon();
        await client.SendAsync("""{"type":"$cancel","$id":1}""");
        await _disposed.Soon();

        string text;
        do text = await client.ReceiveTextAsync();
        while (text.StartsWith("""{"type":"count",""", StringComparison.Ordinal));
        Assert.Contains("cancelled", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_never_awaits_leaves_the_reading_thread_to_others()
    {
        await using var client = await ConnectAsync((_, cancelled) => Endless(cancelled));
        await client.SendAsync(Watch(1));
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"$cancel","$id":1}""");

        while (!(await client.ReceiveTextAsync()).Contains("cancelled", StringComparison.Ordinal)) { }
    }

    [Fact]
    public async Task An_item_that_could_never_be_sent_fails_its_stream()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Typed = (ref text) => text.TryRead<Count>(out _) && text.TryOpenStream<Long>(out var stream) ? stream.Run(One()) : text.Invalid(),
        }, new() { MaxBufferedBytes = 1000 });
        await client.SendAsync("""{"type":"count","$id":1,"value":1}""");

        Assert.Equal("""{"type":"$error","$re":1,"code":"failed","message":"The request failed."}""", await client.ReceiveTextAsync());

        static async IAsyncEnumerable<Long> One()
        {
            await Task.CompletedTask;
            yield return new(new string('x', 1000));
        }
    }

    private static string Watch(object id) => $$"""{"type":"watch","$id":{{id}}}""";

    private Task<MemoryClient> ConnectAsync(Func<Watch, CancellationToken, IAsyncEnumerable<Count>> hook, PeerOptions? options = null, PipeOptions? pipes = null) =>
        MemoryClient.ConnectAsync(_host, new ScriptedHandler { Typed = Dispatch(hook) }, options, pipes: pipes);

    // As the compiler writes it.
    private Script.TextHook Dispatch(Func<Watch, CancellationToken, IAsyncEnumerable<Count>> hook, Action? waited = null) => (ref text) =>
    {
        var type = text.Type;
        if (type.SequenceEqual("watch"u8))
        {
            if (!text.TryRead<Watch>(out var watch)) return text.Invalid();
            if (!text.TryOpenStream<Count>(out var stream)) return text.Refuse();
            return stream.Run(hook(watch, stream.Cancelled));
        }

        if (type.SequenceEqual("$cancel"u8)) return text.Cancel();
        if (type.SequenceEqual("wait"u8)) return WaitAsync(waited);
        text.Peer.Send("echo");
        return default;
    };

    private async ValueTask WaitAsync(Action? waited)
    {
        _waiting.SetResult();
        await _gate.Task;
        waited?.Invoke();
    }

    private static async IAsyncEnumerable<Count> UpTo(int last)
    {
        for (var value = 1; value <= last; value++)
        {
            if (value % 3 == 0) await Task.Yield();
            yield return new(value);
        }
    }

    private async IAsyncEnumerable<Count> OneThenForever([EnumeratorCancellation] CancellationToken cancelled)
    {
        try
        {
            yield return new(1);
            await Task.Delay(Timeout.Infinite, cancelled);
        }
        finally
        {
            _disposed.TrySetResult();
        }
    }

    private static async IAsyncEnumerable<Count> UntilCancelled([EnumeratorCancellation] CancellationToken cancelled)
    {
        yield return new(1);
        await Task.Delay(Timeout.Infinite, cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async IAsyncEnumerable<Count> OneThenThrow()
    {
        yield return new(1);
        await Task.Yield();
        throw new InvalidOperationException("secret");
    }

    private async IAsyncEnumerable<Count> OneThenGate()
    {
        yield return new(1);
        await _gate.Task;
    }

    private async IAsyncEnumerable<Count> Endless([EnumeratorCancellation] CancellationToken cancelled)
    {
        try
        {
            for (var value = 1; ; value++)
            {
                if (value == 20) _reached.TrySetResult();
                yield return new(value);
            }
        }
        finally
        {
            await Task.CompletedTask;
            _disposed.TrySetResult();
        }
    }
}

[Message]
internal readonly partial record struct Watch;

[Message]
internal readonly partial record struct Long(string Text);
