using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>One peer's work is done in passes with a budget, so that a thread which serves many peers gets to the next one, whatever a client sends at once.</summary>
public sealed class FairnessTests : IDisposable
{
    private const int Messages = 200;

    [ThreadStatic]
    private static bool t_isInCall;

    private readonly FakeTimeProvider _time = new();
    private readonly PeerHost _host;
    private readonly TaskCompletionSource _all = Patience.Signal();
    private readonly List<string> _handled = [];
    private int _handledInCall;

    public FairnessTests() => _host = new(_time);

    public void Dispose() => _host.Dispose();

    // All of one read was handled in one go: 254 ms for 256 KiB of compressed messages, and every other peer of the thread waited.
    [Fact]
    public async Task A_read_that_takes_too_long_is_interrupted_between_messages_and_goes_on_elsewhere()
    {
        var transport = new HandFedTransport();
        var (connection, run) = await RunAsync(transport, new() { Text = Handle });
        Assert.Equal(ReceiveResult.Pause, Call(() => connection.Receive(Burst("text"))));

        // The clock is read at every sixteenth message: begun at the sixteenth, spent at the next look.
        Assert.Equal(32, _handledInCall);
        Assert.Equal(ReceiveResult.Continue, await connection.WhenReadable().WaitAsync(Patience.Limit));
        AssertAllHandled("text");
        transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_read_that_is_handled_quickly_is_not_interrupted()
    {
        var transport = new HandFedTransport();
        var (connection, run) = await RunAsync(transport, new() { Text = (_, text) => Note(text) });

        Assert.Equal(ReceiveResult.Continue, connection.Receive(Burst("text")));
        AssertAllHandled("text");
        transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Messages_that_inflate_to_much_are_taken_in_several_passes()
    {
        var transport = new HandFedTransport();
        var lengths = new List<int>();
        var options = new PeerOptions { Compression = { Enabled = true } };
        var (connection, run) = await RunAsync(transport, new() { Binary = (_, payload) => Add(lengths, payload.Length) }, options, compress: true);
        Assert.Equal(ReceiveResult.Pause, connection.Receive(Bombs(Messages)));

        // 512 KiB and the message that exceeds them.
        Assert.Equal(9, lengths.Count);
        Assert.Equal(ReceiveResult.Continue, await connection.WhenReadable().WaitAsync(Patience.Limit));
        Assert.Equal(Enumerable.Repeat(60_000, Messages), lengths);
        transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    // A hook that had awaited ran all that waited behind it in one go, on whatever thread ended the wait.
    [Fact]
    public async Task Messages_that_waited_for_a_hook_are_handled_in_several_passes()
    {
        var first = new TaskCompletionSource();
        var transport = new HandFedTransport();
        var (connection, run) = await RunAsync(transport, new()
        {
            Text = async (peer, text) =>
            {
                if (text == "first") await first.Task;
                else await Handle(peer, text);
            },
        });
        Assert.Equal(ReceiveResult.Continue, connection.Receive((byte[])[.. MemoryClient.Encode("first"), .. Burst("text")]));
        Call(() =>
        {
            first.SetResult();
            return ReceiveResult.Continue;
        });

        Assert.Equal(32, _handledInCall);
        await _all.Soon();
        AssertAllHandled("text");
        transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_connection_that_is_lost_between_two_passes_takes_nothing_more_and_ends()
    {
        var transport = new HandFedTransport();
        var (connection, run) = await RunAsync(transport, new() { Text = Handle });
        Assert.Equal(ReceiveResult.Pause, connection.Receive(Burst("text")));
        connection.StopTaking();

        Assert.Equal(ReceiveResult.Stop, await connection.WhenReadable().WaitAsync(Patience.Limit));
        Assert.Equal(32, _handled.Count);
        transport.End();
        await run.WaitAsync(Patience.Limit);
    }

    // Each message takes a millisecond of the clock.
    private ValueTask Handle(Peer peer, string text)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return Note(text);
    }

    private ValueTask Note(string text)
    {
        _handled.Add(text);
        if (t_isInCall) _handledInCall++;
        if (_handled.Count == Messages) _all.TrySetResult();
        return default;
    }

    private static ValueTask Add(List<int> lengths, int length)
    {
        lengths.Add(length);
        return default;
    }

    private static ReceiveResult Call(Func<ReceiveResult> call)
    {
        t_isInCall = true;
        var result = call();
        t_isInCall = false;
        return result;
    }

    private void AssertAllHandled(string prefix) => Assert.Equal(Enumerable.Range(0, Messages).Select(number => $"{prefix} {number}"), _handled);

    private static byte[] Burst(string prefix) => [.. Enumerable.Range(0, Messages).SelectMany(number => MemoryClient.Encode($"{prefix} {number}"))];

    private static byte[] Bombs(int count)
    {
        var bomb = new byte[DeflateCodec.Room(60_000)];
        bomb = bomb[..new ZlibCodec().Deflate(6, 15, history: default, new byte[60_000], bomb)];
        var frame = MemoryClient.Encode(Opcode.Binary, bomb);
        frame[0] |= FrameHeader.Rsv1;
        return [.. Enumerable.Repeat(frame, count).SelectMany(bytes => bytes)];
    }

    private async Task<(PeerConnection Connection, Task Run)> RunAsync(HandFedTransport transport, ScriptedHandler handler, PeerOptions? options = null, bool compress = false)
    {
        var services = new OneService(handler);
        var connection = PeerConnection.Create<ScriptedHandler>(_host, options ?? new(), services);
        var request = new MemoryRequest(services);
        if (compress) request.Headers["Sec-WebSocket-Extensions"] = "permessage-deflate";
        await connection.UpgradeAsync(request);
        return (connection, connection.RunAsync(transport));
    }
}
