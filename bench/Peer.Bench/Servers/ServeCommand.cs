namespace Peers.Bench.Servers;

/// <summary><c>serve KIND --port N [--inline|--loop]</c>: a server with Kestrel's defaults, until its standard input ends.</summary>
internal static class ServeCommand
{
    /// <summary>What it prints when it listens.</summary>
    public const string Ready = "ready";

    public static async Task<int> RunAsync(string kind, Arguments arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{arguments.Number("--port", 5000)}");
        if (arguments.Has("--inline")) builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        if (arguments.Has("--loop")) builder.WebHost.UsePeerEventLoop();

        await using var app = Build(kind, builder);
        app.MapGet("/stats", OwnStats.WriteAsync);
        await app.StartAsync();
        Console.WriteLine(Ready);
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    private static WebApplication Build(string kind, WebApplicationBuilder builder) => kind switch
    {
        "peer" => PeerServer.Build(builder),
        "managed" => ManagedServer.Build(builder),
        "bare" => BareServer.Build(builder),
        "signalr" or "signalr-msgpack" => SignalRServer.Build(builder),
        _ => throw new ArgumentException($"There is no server '{kind}'; there are peer, managed, signalr and bare."),
    };
}
