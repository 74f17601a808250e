using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Peers.Channels;
using Peers.Tests.Kit;
using Peers.Transports;

namespace Peers.Tests.Observability;

/// <summary>What a debugger shows, read as a debugger reads it: from the attributes.</summary>
public sealed partial class DebugViewTests : IDisposable
{
    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_peer_shows_its_id_address_and_state()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());

        Assert.Equal($"Peer {client.Peer.Id.ToShortString()} ({client.Peer.RemoteEndPoint?.ToString() ?? "no address"}, Open)", Shown(client.Peer));
        Assert.Equal(Shown(client.Peer), Shown(client.Connection));
    }

    [Fact]
    public async Task Unfolded_it_shows_its_handler_and_what_goes_on()
    {
        var (gate, started) = (Patience.Signal(), Patience.Signal());
        var handler = new ScriptedHandler { Text = (_, _) => { started.SetResult(); return new(gate.Task); } };
        await using var client = await MemoryClient.ConnectAsync(_host, handler);
        client.Peer.Subscribe("b");
        client.Peer.Subscribe("a");
        await client.SendAsync("wait");
        await started.Soon();
        var view = Unfolded(client.Peer);

        Assert.Same(handler, view["Handler"]);
        Assert.Equal("Text", view["PendingHook"]);
        Assert.Equal(["a", "b"], (string[])view["Channels"]!);
        Assert.Equal((client.Peer.Id, ReadyState.Open, 0L), (view["Id"], view["State"], view["BufferedBytes"]));
        gate.SetResult();
    }

    [Fact]
    public async Task A_host_shows_how_many_there_are_and_unfolded_which()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        client.Peer.Subscribe("b");
        client.Peer.Subscribe("a");

        Assert.Equal("1 peers, 2 channels", Shown(_host));
        Assert.Equal([client.Peer], (Peer[])Unfolded(_host)["Peers"]!);
        Assert.Equal(["a: 1 peers", "b: 1 peers"], ((Channel[])Unfolded(_host)["Channels"]!).Select(Shown));
    }

    [Fact]
    public async Task A_channel_unfolded_shows_who_is_in_it()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        client.Peer.Subscribe("a");
        var channel = ((Channel[])Unfolded(_host)["Channels"]!).Single();

        var output = Assert.Single((ISubscriber[])Unfolded(channel)["Subscribers"]!);
        Assert.Equal(Shown(client.Peer), Shown(((PeerOutput)output).Owner));
    }

    [Fact]
    public void An_address_of_a_channel_shows_its_name_and_what_its_events_are() =>
        Assert.Contains("{Name,nq} ({typeof(TEvent).Name,nq})", typeof(PeerChannel<>).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value, StringComparison.Ordinal);

    // "{Member,nq}" and "{Member.Member}", as far as these displays use it.
    private static string Shown(object shown) =>
        Hole().Replace(shown.GetType().GetCustomAttribute<DebuggerDisplayAttribute>()!.Value, hole => $"{hole.Groups["path"].Value.Split('.').Aggregate((object?)shown, Read)}");

    private static object? Read(object? on, string member) => member == "ToString()"
        ? on!.ToString()
        : on!.GetType().GetProperty(member, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(on);

    private static Dictionary<string, object?> Unfolded(object shown)
    {
        var proxy = Type.GetType(shown.GetType().GetCustomAttribute<DebuggerTypeProxyAttribute>()!.ProxyTypeName, throwOnError: true)!;
        var view = Activator.CreateInstance(proxy, shown)!;
        return proxy.GetProperties().ToDictionary(property => property.Name, property => property.GetValue(view));
    }

    [GeneratedRegex(@"\{(?<path>[\w.()]+)(,nq)?\}")]
    private static partial Regex Hole();
}
