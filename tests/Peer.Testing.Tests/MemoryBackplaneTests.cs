using Chat;
using Microsoft.Extensions.DependencyInjection;

namespace Peers.Tests;

/// <summary>Several nodes in one test.</summary>
public sealed class MemoryBackplaneTests
{
    [Fact]
    public async Task What_one_says_is_heard_on_the_other_node()
    {
        var backplane = new MemoryBackplane();
        await using var here = await StartAsync(backplane);
        await using var there = await StartAsync(backplane);
        var ada = await here.ConnectAsync("/rooms/lobby?name=Ada");
        var ben = await there.ConnectAsync("/rooms/lobby?name=Ben");

        await ada.SendAsync(new Say("hello"));

        var heard = await ben.SkipToAsync<Said>();
        Assert.Equal(("Ada", "hello"), (heard.Who, heard.Text));
    }

    [Fact]
    public async Task Nodes_that_were_cut_apart_meet_again()
    {
        var backplane = new MemoryBackplane();
        await using var here = await StartAsync(backplane);
        await using var there = await StartAsync(backplane);
        var ada = await here.ConnectAsync("/rooms/lobby?name=Ada");
        var ben = await there.ConnectAsync("/rooms/lobby?name=Ben");

        backplane.Cut();
        backplane.Restore();
        await ada.SendAsync(new Say("after"));

        Assert.Equal("after", (await ben.SkipToAsync<Said>()).Text);
    }

    private static async Task<PeerTestHost> StartAsync(MemoryBackplane backplane)
    {
        var host = PeerTestHost.Start<ChatRoom>(services => services.AddSingleton<Rooms>().AddSingleton(backplane.Connect()));
        await host.Host.StartAsync();
        return host;
    }
}
