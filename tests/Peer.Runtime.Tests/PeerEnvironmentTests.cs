using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What the peers of an endpoint share.</summary>
public sealed class PeerEnvironmentTests : IDisposable
{
    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Handlers_of_one_name_keep_their_own_hooks_although_they_share_options()
    {
        var options = new PeerOptions();
        var services = new OneService(new ScriptedHandler());
        await using var scripted = PeerConnection.Create<ScriptedHandler>(_host, options, services);
        await using var namesake = PeerConnection.Create<Namesake>(_host, options, services);

        Assert.True(scripted.MayHoldInput);
        Assert.False(namesake.MayHoldInput);
    }

    private sealed class Namesake : Script, IPeerHandler<Namesake>
    {
        static PeerHandlerInfo IPeerHandler<Namesake>.Info { get; } = new("Scripted", PeerHooks.Open);

        static Namesake IPeerHandler<Namesake>.Create(IServiceProvider services) => new();
    }
}
