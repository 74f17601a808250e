using System.Diagnostics;
using System.Runtime;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Peers.Soak;

/// <summary>Kestrel with the handlers of the soak, in this process, so that what it keeps can be counted.</summary>
internal sealed class SoakServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _app;

    private SoakServer(WebApplication app) => _app = app;

    public PeerHost Host => _app.Services.GetRequiredService<PeerHost>();

    public Tally Tally => _app.Services.GetRequiredService<Tally>();

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;

    public static async Task<SoakServer> StartAsync(Action<PeerOptions>? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPeers(options).Services.AddSingleton<Tally>();
        var server = new SoakServer(builder.Build());
        server._app.MapPeer<Guest>();
        server._app.MapPeer<Listener>();
        server._app.MapPeer<Sleeper>();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Waits until something holds; false where it does not in twenty seconds.</summary>
    public static async Task<bool> UntilAsync(Func<bool> holds)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < s_patience; await Task.Delay(s_interval))
        {
            if (holds()) return true;
        }

        return holds();
    }

    /// <summary>Bytes on the managed heap once everything that is garbage has been collected.</summary>
    public static long LiveBytes()
    {
        for (var i = 0; i < 2; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
