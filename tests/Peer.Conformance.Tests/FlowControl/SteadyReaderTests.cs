using System.Diagnostics;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.FlowControl;

/// <summary>Clients that read very little at a time, and never stop.</summary>
public sealed class SteadyReaderTests
{
    // 8 KB/s, and a fifth of the default timeout: as one of 2 KB/s and the default. The client's system acknowledges 4 KB at a time.
    private const int PieceSize = 800;
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    // A write completes only once much of what was written before has left, which takes such a client minutes: that alone does not show that it reads.
    [Fact]
    [Trait("option", "SlowPeerTimeout")]
    public async Task A_client_that_reads_a_few_kilobytes_a_second_stays_although_bytes_wait_all_the_time()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<Download>(), options => options.SlowPeerTimeout = s_timeout);
        await using var client = await RawClient.ConnectNarrowAsync(app.Port, "/download", tls: false, receiveBuffer: 4 * 1024);
        var peer = await app.SinglePeerAsync();
        await client.SendAsync("all");

        // The pace is the client's behaviour: nothing is waited for.
        using var pace = new PeriodicTimer(s_pace);
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < 2.5 * s_timeout; await pace.WaitForNextTickAsync()) await client.SkipAsync(PieceSize);

        Assert.Equal(ReadyState.Open, peer.ReadyState);
        Assert.NotEqual(0, peer.BufferedBytes);
        Assert.DoesNotContain(app.Logs.Lines, static line => line.EventId == 30);
    }
}

/// <summary>Sends 8 MB to a client that asks for it.</summary>
[PeerHandler("/download")]
public sealed partial class Download
{
    [OnMessage]
    private static void Requested(Peer peer, string text)
    {
        for (var i = 0; i < 1000; i++) peer.Send(text.PadRight(8000, '.'));
    }
}
