using System.IO.Pipelines;
using System.Net.WebSockets;
using FsCheck.Xunit;
using Peers.Tests.Kit;
using Peers.Tests.WebSockets;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>Our engine and that of System.Net.WebSockets understand each other, whoever is the server and whoever speaks.</summary>
public sealed class DotNetProperties
{
    private const uint Key = 0x5A17C0DE;

    [Property(Arbitrary = [typeof(Talks)], MaxTest = 100)]
    internal async Task We_read_what_its_client_sends(Talk talk) => Assert.Equal(talk.Events, Ours(await TheirsAsync(talk, isServer: false), fromClient: true));

    [Property(Arbitrary = [typeof(Talks)], MaxTest = 100)]
    internal async Task We_read_what_its_server_sends(Talk talk) => Assert.Equal(talk.Events, Ours(await TheirsAsync(talk, isServer: true), fromClient: false));

    [Property(Arbitrary = [typeof(Talks)], MaxTest = 100)]
    internal async Task Its_server_reads_what_our_client_sends(Talk talk) => Assert.Equal(talk.Events, await ReadByThemAsync(Written(talk, asClient: true), isServer: true));

    [Property(Arbitrary = [typeof(Talks)], MaxTest = 100)]
    internal async Task Its_client_reads_what_our_server_sends(Talk talk) => Assert.Equal(talk.Events, await ReadByThemAsync(Written(talk, asClient: false), isServer: false));

    [Property(Arbitrary = [typeof(Conversations)], MaxTest = 200)]
    internal async Task Its_server_finds_the_messages_in_any_conversation_that_we_find(Conversation conversation)
    {
        string[] messages = [.. conversation.Events.Where(one => one[0] is 'T' or 'B')];

        Assert.Equal(messages, await ReadByThemAsync(conversation.Stream, isServer: true));
    }

    [Property(Arbitrary = [typeof(Talks)], MaxTest = 100)]
    internal async Task Its_client_hears_from_a_whole_connection_all_that_it_said(Talk talk)
    {
        using var host = new PeerHost();
        var handler = new ScriptedHandler
        {
            Text = (peer, text) => Done(peer.Send(text)),
            Binary = (peer, data) => Done(peer.SendBinary(data.Span)),
        };
        var (server, client) = MemoryTransport.CreatePair(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        var options = new PeerOptions { MaxMessageSize = Reading.Limit, MaxBufferedBytes = Reading.Limit };
        var connection = PeerConnection.Create<ScriptedHandler>(host, options, new OneService(handler));
        await connection.UpgradeAsync(new MemoryRequest(new OneService(handler)));
        var run = connection.RunAsync(new PipeTransport(server));
        using var theirs = WebSocket.CreateFromStream(new BothWays(client.Input.AsStream(), client.Output.AsStream()), Options(isServer: false));
        await SendAsync(theirs, talk);

        Assert.Equal(talk.Events, await ReceiveAsync(theirs, talk.Messages.Count));
        await theirs.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", TestContext.Current.CancellationToken).WaitAsync(Patience.Limit);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, theirs.CloseStatus);
        await run.WaitAsync(Patience.Limit);
    }

    private static ValueTask Done(SendStatus status)
    {
        Assert.InRange(status, SendStatus.Queued, SendStatus.Backpressured);
        return default;
    }

    private static List<string> Ours(byte[] stream, bool fromClient)
    {
        using var assembler = new MessageAssembler(fromClient, Reading.Limit, maxFragments: 100);
        return Reading.InPieces(assembler, stream, 4096);
    }

    private static async Task<byte[]> TheirsAsync(Talk talk, bool isServer)
    {
        using var sent = new MemoryStream();
        using var theirs = WebSocket.CreateFromStream(new BothWays(Stream.Null, sent), Options(isServer));
        await SendAsync(theirs, talk);
        return sent.ToArray();
    }

    private static async Task SendAsync(WebSocket theirs, Talk talk)
    {
        foreach (var message in talk.Messages)
        {
            for (var part = 0; part < message.Parts.Length; part++)
            {
                var type = message.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                await theirs.SendAsync(message.Parts[part], type, endOfMessage: part == message.Parts.Length - 1, TestContext.Current.CancellationToken);
            }
        }
    }

    private static byte[] Written(Talk talk, bool asClient)
    {
        List<byte> stream = [];
        foreach (var message in talk.Messages)
        {
            for (var part = 0; part < message.Parts.Length; part++)
            {
                var opcode = part > 0 ? Opcode.Continuation : message.IsText ? Opcode.Text : Opcode.Binary;
                stream.AddRange(Written(opcode, part == message.Parts.Length - 1, message.Parts[part], asClient));
            }
        }

        return [.. stream];
    }

    private static byte[] Written(Opcode opcode, bool fin, byte[] payload, bool asClient)
    {
        byte[] frame = new byte[FrameWriter.HeaderLength(payload.Length, masked: asClient) + payload.Length];
        var header = asClient ? FrameWriter.WriteHeader(frame, opcode, fin, payload.Length, Key) : FrameWriter.WriteHeader(frame, opcode, fin, payload.Length);
        payload.CopyTo(frame, header);
        if (asClient) Masking.Apply(frame.AsSpan(header), Key);
        return frame;
    }

    private static async Task<List<string>> ReadByThemAsync(byte[] stream, bool isServer)
    {
        using var received = new MemoryStream(stream);
        using var theirs = WebSocket.CreateFromStream(new BothWays(received, Stream.Null), Options(isServer));
        return await ReceiveAsync(theirs, int.MaxValue);
    }

    // Until so many messages came, or the stream ended.
    private static async Task<List<string>> ReceiveAsync(WebSocket theirs, int count)
    {
        List<string> events = [];
        byte[] buffer = new byte[1024];
        List<byte> message = [];
        while (events.Count < count)
        {
            ValueWebSocketReceiveResult result;
            try
            {
                result = await theirs.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Limit);
            }
            catch (WebSocketException exception) when (exception.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
            {
                Assert.Empty(message);
                break;
            }

            message.AddRange(buffer[..result.Count]);
            if (!result.EndOfMessage) continue;
            events.Add(TalkMessage.Describe(result.MessageType == WebSocketMessageType.Text, [.. message]));
            message.Clear();
        }

        return events;
    }

    private static WebSocketCreationOptions Options(bool isServer) => new() { IsServer = isServer, KeepAliveInterval = TimeSpan.Zero };

    private sealed class OneService(Script handler) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(Script) ? handler : null;
    }
}
