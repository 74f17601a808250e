using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Peers.Tests.Chat;

/// <summary>The published native binary, spoken to in plain JSON.</summary>
public sealed class ChatRoomTests(ChatServer server) : IClassFixture<ChatServer>
{
    [Fact]
    public async Task Whoever_joins_hears_their_name_and_who_is_here()
    {
        await using var ada = await JoinAsync("Ada");
        Assert.Equal("""{"type":"youAre","name":"Ada"}""", await ada.ReceiveTextAsync());
        Assert.Equal(["Ada"], Names(await ada.ReceiveAsync("here")));
    }

    [Fact]
    public async Task The_others_hear_who_joined_and_the_new_list()
    {
        await using var ada = await EnterAsync("Ada");
        await using var ben = await JoinAsync("Ben");

        Assert.Equal("""{"type":"joined","who":"Ben"}""", await ada.ReceiveTextAsync());
        Assert.Equal(["Ada", "Ben"], Names(await ada.ReceiveAsync("here")));
    }

    [Fact]
    public async Task A_name_that_is_taken_in_the_room_gets_a_number()
    {
        await using var first = await EnterAsync("Ada");
        await using var second = await JoinAsync("ada");
        Assert.Equal("ada 2", (string?)(await second.ReceiveAsync("youAre"))["name"]);
    }

    [Fact]
    public async Task A_name_that_is_taken_in_one_room_is_free_in_another()
    {
        await using var here = await EnterAsync("Ada");
        await using var there = await server.JoinAsync("elsewhere", "Ada");
        Assert.Equal("Ada", (string?)(await there.ReceiveAsync("youAre"))["name"]);
    }

    [Theory]
    [InlineData("  Ada  ", "Ada")]
    [InlineData("A\u202Eda\n", "Ada")]
    [InlineData(" \t ", "Guest")]
    [InlineData("a name that goes on and on and on", "a name that goes on and")]
    public async Task A_name_is_made_fit_to_be_shown(string wanted, string got)
    {
        await using var client = await server.JoinAsync($"names {got}", wanted);
        Assert.Equal(got, (string?)(await client.ReceiveAsync("youAre"))["name"]);
    }

    [Fact]
    public async Task What_one_says_reaches_the_others_and_returns_as_the_reply()
    {
        await using var ada = await EnterAsync("Ada");
        await using var ben = await EnterAsync("Ben");
        await ada.SendAsync("""{"type":"say","$id":7,"text":"hi"}""");

        var heard = await ben.ReceiveAsync("said");
        var reply = await ada.ReceiveAsync("said");

        Assert.Equal(("Ada", "hi"), ((string?)heard["who"], (string?)heard["text"]));
        Assert.Null(heard["$re"]);
        Assert.Equal(7, (int?)reply["$re"]);
        Assert.Equal((string?)heard["at"], (string?)reply["at"]);
    }

    [Fact]
    public async Task Another_room_hears_nothing()
    {
        await using var ada = await EnterAsync("Ada");
        await using var eve = await server.JoinAsync("next door", "Eve");
        await ada.SendAsync("""{"type":"say","$id":1,"text":"hi"}""");
        await ada.ReceiveAsync("said");
        await eve.SendAsync("""{"type":"say","$id":2,"text":"alone"}""");
        Assert.Equal("alone", (string?)(await eve.ReceiveAsync("said"))["text"]);
    }

    [Fact]
    public async Task Typing_is_told_to_the_others()
    {
        await using var ada = await EnterAsync("Ada");
        await using var ben = await EnterAsync("Ben");
        await ada.SendAsync("""{"type":"typing","now":true}""");
        Assert.Equal("""{"type":"isTyping","who":"Ada","now":true}""", (await ben.ReceiveAsync("isTyping")).ToJsonString());
    }

    [Fact]
    public async Task Renaming_is_told_to_everyone_and_frees_the_old_name()
    {
        await using var ada = await EnterAsync("Ada");
        await using var ben = await EnterAsync("Ben");
        await ada.SendAsync("""{"type":"rename","$id":1,"name":"Countess"}""");

        Assert.Equal("""{"type":"renamed","from":"Ada","to":"Countess"}""", (await ben.ReceiveAsync("renamed")).ToJsonString());
        Assert.Equal(["Ben", "Countess"], Names(await ben.ReceiveAsync("here")));

        await using var next = await JoinAsync("Ada");
        Assert.Equal("Ada", (string?)(await next.ReceiveAsync("youAre"))["name"]);
    }

    [Fact]
    public async Task Leaving_is_told_to_the_others()
    {
        await using var ada = await EnterAsync("Ada");
        var ben = await EnterAsync("Ben");
        await ben.CloseAsync();
        await ben.DisposeAsync();

        Assert.Equal("""{"type":"left","who":"Ben"}""", (await ada.ReceiveAsync("left")).ToJsonString());
        Assert.Equal(["Ada"], Names(await ada.ReceiveAsync("here")));
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_a_leave()
    {
        await using var ada = await EnterAsync("Ada");
        var ben = await EnterAsync("Ben");
        await ben.DisposeAsync();
        Assert.Equal("Ben", (string?)(await ada.ReceiveAsync("left"))["who"]);
    }

    [Fact]
    public async Task After_many_came_and_went_at_once_the_newest_list_is_right()
    {
        await using var ada = await EnterAsync("Ada");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var guest = await EnterAsync("Guest");
            await guest.CloseAsync();
            await guest.DisposeAsync();
        }));

        for (var left = 0; left < 20; left++) await ada.ReceiveAsync("left");
        await using var last = await JoinAsync("Last");
        Assert.Equal(["Ada", "Last"], Names(await last.ReceiveAsync("here")));
    }

    [Theory]
    [InlineData("""{"type":"shout","$id":1}""", "unknown-type")]
    [InlineData("""{"type":"say","$id":1}""", "invalid")]
    [InlineData("""{"type":"say","$id":1,"text":5}""", "invalid")]
    public async Task What_does_not_fit_is_answered_and_the_peer_stays(string message, string code)
    {
        await using var ada = await EnterAsync("Ada", $"{nameof(What_does_not_fit_is_answered_and_the_peer_stays)} {message}");
        await ada.SendAsync(message);

        var error = await ada.ReceiveAsync("$error");

        Assert.Equal((1, code), ((int?)error["$re"], (string?)error["code"]));
        await ada.SendAsync("""{"type":"say","$id":2,"text":"still here"}""");
        Assert.Equal(2, (int?)(await ada.ReceiveAsync("said"))["$re"]);
    }

    [Fact]
    public async Task A_page_of_another_origin_is_turned_away()
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => server.JoinAsync("lobby", "Eve", origin: "https://example.com"));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    // The test's name is its room.
    private Task<Client> JoinAsync(string name, [CallerMemberName] string room = "") => server.JoinAsync(room, name);

    // Returns when the room knows of it.
    private async Task<Client> EnterAsync(string name, [CallerMemberName] string room = "")
    {
        var client = await JoinAsync(name, room);
        await client.ReceiveAsync("here");
        return client;
    }

    private static string[] Names(JsonNode here) => [.. here["names"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal)];
}
