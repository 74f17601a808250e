using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Peers.Tests.Cluster;

/// <summary>HAProxy with the sample's configuration. Disposing ends it.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;

    private Proxy(Process process, int port) => (_process, Address) = (process, new($"http://127.0.0.1:{port}/"));

    /// <summary>Where the page is.</summary>
    public Uri Address { get; }

    /// <summary>Starts it in front of nodes, and returns when it answers.</summary>
    public static async Task<Proxy> StartAsync(params IReadOnlyList<int> nodes)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Find(), ["-db", "-f", Path.Combine(Repository.Root, "samples", "Cluster", "haproxy.cfg")]) { RedirectStandardError = true };
        start.Environment["PAGE"] = port.ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < nodes.Count; i++) start.Environment[$"NODE{i + 1}"] = nodes[i].ToString(CultureInfo.InvariantCulture);
        var proxy = new Proxy(Process.Start(start)!, port);
        await proxy.IsReadyAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // It says nothing when it listens.
    private async Task IsReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var patience = new CancellationTokenSource(s_patience);
        using var timer = new PeriodicTimer(s_retryAfter);
        while (true)
        {
            try
            {
                await http.GetStringAsync(new Uri("alive", UriKind.Relative), patience.Token);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Debian keeps daemons where an ordinary user's PATH may not lead.
    private static string Find()
    {
        string[] folders = [.. Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator), "/usr/local/sbin", "/usr/sbin"];
        return folders.Select(folder => Path.Combine(folder, "haproxy")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no HAProxy here: ./build.sh test samples installs it.");
    }
}
