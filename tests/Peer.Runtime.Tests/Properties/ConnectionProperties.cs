using System.IO.Pipelines;
using System.Text;
using FsCheck.Xunit;
using Peers.Tests.Kit;
using Peers.Tests.WebSockets;

namespace Peers.Tests;

/// <summary>Whatever a client sends, and in whatever pieces, through a whole connection.</summary>
public sealed class ConnectionProperties
{
    // Each piece is handled before the next is written: nothing joins what was cut.
    private static readonly PipeOptions s_uncorked = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 300)]
    internal async Task Hooks_see_a_conversation_however_it_is_cut(Conversation conversation, byte[] sizes)
    {
        var ended = await RunAsync(conversation.Stream, sizes, suspends: false);

        Assert.Equal(conversation.Events, ended.Seen);
        Assert.Equal(CloseCode.Abnormal, ended.Close.Code);
    }

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 200)]
    internal async Task Hooks_that_await_see_its_messages_in_order(Conversation conversation, byte[] sizes)
    {
        var ended = await RunAsync(conversation.Stream, sizes, suspends: true);

        Assert.Equal(Messages(conversation.Events), Messages(ended.Seen));
    }

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 200)]
    internal async Task Its_messages_come_back_and_so_do_its_pings(Conversation conversation, byte[] sizes)
    {
        var ended = await RunAsync(conversation.Stream, sizes, suspends: false);

        Assert.Equal(conversation.Events.Where(one => !one.StartsWith("Pong ", StringComparison.Ordinal)).Select(one => one.Replace("Ping ", "Pong ", StringComparison.Ordinal)), ended.Answered);
    }

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 300)]
    internal async Task A_conversation_with_spoilt_bytes_ends_as_the_engine_says(Conversation conversation, (int At, byte Value)[] spoilt, byte[] sizes)
    {
        byte[] stream = [.. conversation.Stream];
        foreach ((int at, byte value) in spoilt)
        {
            if (stream.Length > 0) stream[(int)((uint)at % (uint)stream.Length)] = value;
        }

        await EndsAsTheEngineSays(stream, sizes);
    }

    [Property(MaxTest = 500)]
    public async Task Random_bytes_end_in_messages_or_a_close_code_and_never_in_an_exception(byte[] stream, byte[] sizes) => await EndsAsTheEngineSays(stream, sizes);

    private static async Task EndsAsTheEngineSays(byte[] stream, byte[] sizes)
    {
        List<string> events = Reading.InPieces(stream, int.MaxValue);
        var ended = await RunAsync(stream, sizes, suspends: false);

        Assert.Equal(events.Where(IsForHooks), ended.Seen);
        Assert.Equal(CodeAfter(events.LastOrDefault() ?? ""), (int)ended.Close.Code);
    }

    private static int CodeAfter(string last) => last.Split(' ') switch
    {
        ["Fault", var code, ..] => int.Parse(code),
        ["Close", ""] => (int)CloseCode.NoStatus,
        ["Close", { Length: 2 }] => (int)CloseCode.ProtocolError,
        ["Close", var payload] => CodeOfClose(Convert.FromHexString(payload)),
        _ => (int)CloseCode.Abnormal,
    };

    private static int CodeOfClose(byte[] payload)
    {
        var code = (payload[0] << 8) + payload[1];
        if (code is not ((>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999))) return (int)CloseCode.ProtocolError;
        return System.Text.Unicode.Utf8.IsValid(payload.AsSpan(2)) ? code : (int)CloseCode.InvalidPayload;
    }

    private static bool IsForHooks(string one) => !one.StartsWith("Fault ", StringComparison.Ordinal) && !one.StartsWith("Close ", StringComparison.Ordinal);

    private static IEnumerable<string> Messages(IEnumerable<string> events) => events.Where(one => one[0] is 'T' or 'B');

    private static async Task<Ended> RunAsync(byte[] stream, byte[] sizes, bool suspends)
    {
        List<string> seen = [];
        CloseEvent? close = null;
        using var host = new PeerHost();
        var handler = new ScriptedHandler
        {
            Text = async (peer, text) =>
            {
                if (suspends) await Task.Yield();
                seen.Add($"Text {text}");
                peer.Send(text);
            },
            Binary = async (peer, data) =>
            {
                if (suspends) await Task.Yield();
                seen.Add($"Binary {Convert.ToHexString(data.Span)}");
                peer.SendBinary(data.Span);
            },
            Ping = (_, payload) =>
            {
                seen.Add($"Ping {payload}");
                return default;
            },
            Pong = (_, payload) =>
            {
                seen.Add($"Pong {payload}");
                return default;
            },
            Close = (_, end) =>
            {
                Assert.Null(close);
                close = end;
                return default;
            },
        };
        var options = new PeerOptions { MaxMessageSize = Reading.Limit, MaxFragments = 100_000 };
        await using var client = await MemoryClient.ConnectAsync(host, handler, options, pipes: s_uncorked);
        var start = 0;
        for (var turn = 0; start < stream.Length; turn++)
        {
            var size = Math.Min(sizes.Length == 0 ? 3 : 1 + (sizes[turn % sizes.Length] % 40), stream.Length - start);
            await client.SendRawAsync(stream.AsSpan(start, size).ToArray());
            start += size;
        }

        await client.DropAsync();
        await client.Run.WaitAsync(Patience.Limit);
        Assert.Equal(0, host.PeerCount);
        return new(seen, await AnswersAsync(client), close!.Value);
    }

    private static async Task<List<string>> AnswersAsync(MemoryClient client)
    {
        List<string> answers = [];
        while (await client.ReceiveAsync() is { Kind: not Peers.WebSockets.FrameEvent.NeedMore } frame)
        {
            answers.Add(frame.Kind == Peers.WebSockets.FrameEvent.Binary ? $"Binary {Convert.ToHexString(frame.Payload)}" : $"{frame.Kind} {Encoding.UTF8.GetString(frame.Payload)}");
        }

        return answers;
    }

    private sealed record Ended(List<string> Seen, List<string> Answered, CloseEvent Close);
}
