using System.Runtime.CompilerServices;
using Peers.Tests;
using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>Takes whatever comes, as it is.</summary>
internal sealed partial class RawRoom(Script script) : IDisposable
{
    [OnOpen] private void Opened(Peer peer) => script.Open(peer);

    [OnMessage(MessageKind.Text)] private ValueTask Text(Peer peer, ReadOnlyMemory<byte> text) => script.Hear(peer, FrameEvent.Text, text);

    [OnMessage] private ValueTask Binary(Peer peer, ReadOnlyMemory<byte> data) => script.Hear(peer, FrameEvent.Binary, data);

    [OnPing] private ValueTask Pinged(ReadOnlyMemory<byte> payload) => script.HearControl(FrameEvent.Ping, payload);

    [OnPong] private ValueTask Ponged(ReadOnlyMemory<byte> payload) => script.HearControl(FrameEvent.Pong, payload);

    [OnDrain] private void Drained() => script.Drain();

    [OnClose] private void Closed(Peer peer, CloseEvent close) => script.End(peer, close);

    public void Dispose() => script.Dispose();
}

/// <summary>Takes messages, and binary data.</summary>
internal sealed partial class TypedRoom(Script script) : IDisposable
{
    [OnOpen] private void Opened(Peer peer) => script.Open(peer);

    [OnMessage] private void Nothing(Peer peer, NoMembers message) => script.HearTyped(peer);

    [OnMessage]
    private TwoTexts Asked(Peer peer, OneText message)
    {
        script.HearTyped(peer);
        return new(message.Text, "answer");
    }

    [OnMessage]
    private async Task<Everything> Awaited(Peer peer, Everything message)
    {
        script.HearTyped(peer);
        await script.SuspendAsync();
        return message;
    }

    // All at once, and so on the pump's thread.
    [OnMessage]
    private static async IAsyncEnumerable<NoMembers> Streamed(Letters message, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < message.One % 4; i++) yield return default;
        if (message.Other is not null) throw new InvalidOperationException("as scripted");
        await Task.CompletedTask;
    }

    // The reply is the client's affair, and nobody's: hooks go on.
    [OnMessage]
    private void Asking(Peer peer, MaybeText message)
    {
        script.HearTyped(peer);
        _ = peer.RequestAsync<NoMembers, OneText>(default, TimeSpan.FromSeconds(1));
    }

    [OnMessage] private ValueTask Binary(Peer peer, ReadOnlyMemory<byte> data) => script.Hear(peer, FrameEvent.Binary, data);

    [OnError] private void Failed(PeerError error) => script.Fail(error);

    [OnClose] private void Closed(Peer peer, CloseEvent close) => script.End(peer, close);

    public void Dispose() => script.Dispose();
}
