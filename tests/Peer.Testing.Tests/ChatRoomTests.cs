using Chat;
using Microsoft.Extensions.DependencyInjection;

namespace Peers.Tests;

public sealed class ChatRoomTests
{
    [Fact]
    public async Task What_one_says_everyone_in_the_room_hears()
    {
        await using var host = PeerTestHost.Start<ChatRoom>(services => services.AddSingleton<Rooms>());
        var ada = await host.ConnectAsync("/rooms/lobby?name=Ada");
        var ben = await host.ConnectAsync("/rooms/lobby?name=Ben");

        await ada.SendAsync(new Say("hello"));

        var heard = await ben.SkipToAsync<Said>();
        Assert.Equal(("Ada", "hello"), (heard.Who, heard.Text));
    }

    [Fact]
    public async Task Who_enters_under_a_name_that_is_taken_gets_another()
    {
        await using var host = PeerTestHost.Start<ChatRoom>(services => services.AddSingleton<Rooms>());
        var first = await host.ConnectAsync("/rooms/lobby?name=Ada");
        Assert.Equal("Ada", (await first.ReceiveAsync<YouAre>()).Name);

        var second = await host.ConnectAsync("/rooms/lobby?name=Ada");

        Assert.Equal("Ada 2", (await second.ReceiveAsync<YouAre>()).Name);
    }

    [Fact]
    public async Task Rooms_do_not_hear_each_other()
    {
        await using var host = PeerTestHost.Start<ChatRoom>(services => services.AddSingleton<Rooms>());
        var ada = await host.ConnectAsync("/rooms/one?name=Ada");
        var ben = await host.ConnectAsync("/rooms/two?name=Ben");
        await ben.SkipToAsync<Here>();

        await ada.SendAsync(new Say("hello"));

        await ben.ReceiveNothingAsync();
    }
}
