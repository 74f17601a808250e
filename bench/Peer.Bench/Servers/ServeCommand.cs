namespace Peers.Bench.Servers;

/// <summary><c>serve KIND --port N [--inline|--loop] [--nats URL|--redis HOST:PORT]</c>: a server with Kestrel's defaults, until its standard input ends.</summary>
internal static class ServeCommand
{
    /// <summary>What it prints when it listens.</summary>
    public const string Ready = "ready";

    public static async Task<int> RunAsync(Arguments arguments, Func<WebApplicationBuilder, WebApplication> build)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{arguments.Number("--port", 5000)}");
        if (arguments.Has("--inline")) builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        if (arguments.Has("--loop")) builder.WebHost.UsePeerEventLoop();

        await using var app = build(builder);
        app.MapGet("/stats", OwnStats.WriteAsync);
        await app.StartAsync();
        Console.WriteLine(Ready);
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
