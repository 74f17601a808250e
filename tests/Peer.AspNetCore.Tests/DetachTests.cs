using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>A connection that fails to leave its server after the handshake.</summary>
public sealed class DetachTests
{
    private readonly Diary _diary = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_cannot_be_detached_gives_up_its_place_and_its_handler(bool runsPeer)
    {
        // Such a peer counted towards MaxPeers for ever, and its handler was never disposed.
        await using var app = await StartAsync(runsPeer);
        for (var i = 0; i < 3; i++)
        {
            await using var client = await app.ConnectAsync("/disposed?detach");
            await client.ReceiveNothingMoreAsync();
            Assert.Equal("disposed", await _diary.NextAsync());
        }

        await app.Logs.UntilAsync(() => app.Host.PeerCount == 0);
        await using var last = await app.ConnectAsync("/disposed");
        await last.SendAsync("still here");
        Assert.Equal("still here", await last.ReceiveTextAsync());
    }

    private Task<TestApp> StartAsync(bool runsPeer) => TestApp.StartAsync(
        app =>
        {
            app.Use((HttpContext http, RequestDelegate next) =>
            {
                if (http.Request.Query.ContainsKey("detach")) http.Features.Set<IDetachableConnection>(new FailingDetach(runsPeer));
                return next(http);
            });
            app.MapPeer<Disposed>();
        },
        options => options.MaxPeers = 1,
        builder => builder.Services.AddSingleton(_diary));

    private sealed class FailingDetach(bool runsPeer) : IDetachableConnection
    {
        public bool Owns(IDuplexPipe pipe) => true;

        public Task DetachAsync(PeerConnection connection, Action<PeerTransport> run)
        {
            if (runsPeer) run(new FailingTransport());
            throw new IOException("The connection cannot be detached.");
        }
    }

    private sealed class FailingTransport : PeerTransport
    {
        public override bool ReadsWithoutTask => true;

        public override void StartReading(PeerConnection connection) => throw new IOException("The connection cannot be read.");

        public override Task ReadAllAsync(PeerConnection connection) => throw new NotSupportedException();

        public override void ReleaseInput()
        {
        }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
        }

        public override ValueTask<FlushResult> FlushAsync() => default;

        public override ValueTask CompleteAsync() => default;

        public override void Abort()
        {
        }
    }
}

[PeerHandler("/disposed")]
public sealed partial class Disposed(Diary diary) : IDisposable
{
    [OnMessage]
    private static void Answer(Peer peer, string text) => peer.Send(text);

    public void Dispose() => diary.Write("disposed");
}
