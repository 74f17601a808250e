using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;

namespace Peers.Bench.Servers;

/// <summary>SignalR; the client chooses between its JSON protocol, with source-generated serialization of arguments, and MessagePack.</summary>
internal static class SignalRServer
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ServerJson.Default)).AddMessagePackProtocol();
        var app = builder.Build();
        app.MapHub<EchoHub>("/echo");
        app.MapHub<TypedHub>("/typed");
        app.MapHub<FanoutHub>("/fanout");
        app.MapHub<RequestsHub>("/requests");
        app.MapHub<HookHub>("/hook");
        return app;
    }
}

[SuppressMessage("Performance", "CA1822", Justification = "SignalR looks for instance methods.")]
internal sealed class EchoHub : Hub
{
    public string Echo(string text) => text;
}

[SuppressMessage("Performance", "CA1822", Justification = "SignalR looks for instance methods.")]
internal sealed class TypedHub : Hub
{
    public HubMove Move(HubMove move) => new(move.Tick, move.X, move.Y);
}

internal sealed class FanoutHub : Hub
{
    private const string Group = "fanout";

    public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, Group);

    public Task Say(string text) => Clients.OthersInGroup(Group).SendAsync("said", text);
}

[SuppressMessage("Performance", "CA1822", Justification = "SignalR looks for instance methods.")]
internal sealed class RequestsHub : Hub
{
    public HubContent Load(HubWidget widget) => new(Bursts.Text);
}

internal sealed class HookHub : Hub
{
    private static readonly string s_piece = new('x', Bursts.PieceLength);

    public async Task All()
    {
        for (var i = 0; i < Bursts.Pieces; i++) await Clients.Caller.SendAsync("piece", s_piece);
    }
}
