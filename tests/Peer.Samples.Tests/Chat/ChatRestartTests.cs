using Peers.TestKit;
using static Microsoft.Playwright.Assertions;

namespace Peers.Tests.Chat;

public sealed class ChatRestartTests(Browser browser)
{
    [Fact]
    public async Task When_the_server_restarts_the_pages_come_back_by_themselves_and_talk_again()
    {
        await using var server = await ServerProcess.StartAsync(Repository.Published("Chat"));
        await using var ada = await ChatPage.OpenAsync(browser, server.Address, "restart", "Ada");
        await using var ben = await ChatPage.OpenAsync(browser, server.Address, "restart", "Ben");
        await ada.SayAsync("before");
        await Expect(ben.Said).ToHaveTextAsync(["before"]);

        var port = server.Address.Port;
        await server.StopAsync();
        await Expect(ada.Status).ToHaveTextAsync("Reconnecting…");
        await Expect(ben.Status).ToHaveTextAsync("Reconnecting…");
        await Expect(ada.Page.GetByText("Next attempt in")).ToBeVisibleAsync();

        await using var again = await ServerProcess.StartAsync(Repository.Published("Chat"), port);
        await ada.IsConnectedAsync();
        await ben.IsConnectedAsync();
        await Expect(ada.People).ToHaveTextAsync(["Ada", "Ben"]);
        await ada.SayAsync("after");
        await Expect(ben.Said).ToHaveTextAsync(["before", "after"]);
        await ben.SayAsync("welcome back");
        await Expect(ada.Said).ToHaveTextAsync(["before", "after", "welcome back"]);
    }

    [Fact]
    public async Task When_the_server_dies_what_is_written_stays_in_the_box_and_cannot_be_sent()
    {
        await using var server = await ServerProcess.StartAsync(Repository.Published("Chat"));
        await using var ada = await ChatPage.OpenAsync(browser, server.Address, "death", "Ada");
        await server.DisposeAsync();
        await Expect(ada.Status).ToHaveTextAsync("Reconnecting…");

        await ada.Message.FillAsync("lost?");
        await ada.Message.PressAsync("Enter");

        await Expect(ada.Message).ToHaveValueAsync("lost?");
        await Expect(ada.Said).ToHaveCountAsync(0);
        await Expect(ada.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Send" })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task What_was_on_its_way_when_the_server_died_is_marked_as_not_delivered()
    {
        await using var server = await ServerProcess.StartAsync(Repository.Published("Chat"));
        await using var ada = await ChatPage.OpenAsync(browser, server.Address, "frozen", "Ada");
        server.Freeze();
        await ada.Message.FillAsync("hello?");
        await ada.Message.PressAsync("Enter");
        await Expect(ada.Log).ToContainTextAsync("Sending…");

        await server.DisposeAsync();

        await Expect(ada.Log).ToContainTextAsync("Not delivered");
    }
}
