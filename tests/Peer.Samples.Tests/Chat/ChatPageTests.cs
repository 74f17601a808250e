using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peers.Tests.Chat;

/// <summary>The page of the published chat, in a real browser.</summary>
public sealed class ChatPageTests(Browser browser, ChatServer server) : IClassFixture<ChatServer>
{
    [Fact]
    public async Task Two_pages_in_one_room_see_each_other_and_a_third_in_another_room_sees_nothing()
    {
        await using var ada = await OpenAsync("Ada");
        await using var ben = await OpenAsync("Ben");
        await using var eve = await ChatPage.OpenAsync(browser, server.Address, "next door", "Eve");

        await ada.SayAsync("hello Ben");
        await Expect(ben.Said).ToHaveTextAsync(["hello Ben"]);
        await ben.SayAsync("hello Ada");
        await Expect(ada.Said).ToHaveTextAsync(["hello Ben", "hello Ada"]);

        // Her own message comes back after whatever else would have reached her.
        await eve.SayAsync("anybody?");
        await Expect(eve.Said).ToHaveTextAsync(["anybody?"]);
    }

    [Fact]
    public async Task Ones_own_messages_stand_on_the_right()
    {
        await using var ada = await OpenAsync("Ada");
        await using var ben = await OpenAsync("Ben");
        await ada.SayAsync("mine");
        await ben.SayAsync("yours");
        await Expect(ada.Said).ToHaveTextAsync(["mine", "yours"]);

        var log = (await ada.Log.BoundingBoxAsync())!;
        var mine = (await ada.Said.Nth(0).BoundingBoxAsync())!;
        var yours = (await ada.Said.Nth(1).BoundingBoxAsync())!;

        Assert.True(mine.X + mine.Width / 2 > log.X + log.Width / 2, "one's own message is not on the right");
        Assert.True(yours.X + yours.Width / 2 < log.X + log.Width / 2, "the other's message is not on the left");
    }

    [Fact]
    public async Task Everyone_here_is_listed_under_names_that_differ()
    {
        await using var one = await OpenAsync("Ada");
        await using var other = await OpenAsync("Ada");
        await Expect(one.People).ToHaveTextAsync(["Ada", "Ada 2"]);
        await Expect(other.People).ToHaveTextAsync(["Ada", "Ada 2"]);
    }

    [Fact]
    public async Task Coming_and_leaving_are_lines_in_the_log()
    {
        await using var ada = await OpenAsync("Ada");
        var ben = await OpenAsync("Ben");
        await Expect(ada.Log).ToContainTextAsync("Ben joined.");
        await ben.DisposeAsync();
        await Expect(ada.Log).ToContainTextAsync("Ben left.");
        await Expect(ada.People).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Typing_shows_until_the_message_is_there()
    {
        await using var ada = await OpenAsync("Ada");
        await using var ben = await OpenAsync("Ben");
        await Expect(ada.People).ToHaveCountAsync(2);
        await ben.Message.PressSequentiallyAsync("wel");
        await Expect(ada.Typing).ToHaveTextAsync("Ben is typing");
        await ben.SayAsync("well");
        await Expect(ada.Typing).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Typing_ends_when_the_text_is_taken_back()
    {
        await using var ada = await OpenAsync("Ada");
        await using var ben = await OpenAsync("Ben");
        await Expect(ada.People).ToHaveCountAsync(2);
        await ben.Message.FillAsync("no");
        await Expect(ada.Typing).ToBeVisibleAsync();
        await ben.Message.FillAsync("");
        await Expect(ada.Typing).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Markup_in_messages_and_names_is_text()
    {
        const string Markup = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
        await using var ada = await OpenAsync("Ada");
        await using var eve = await OpenAsync("<b>Eve</b>");
        await eve.SayAsync(Markup);

        await Expect(ada.Said).ToHaveTextAsync([Markup]);
        await Expect(ada.Log).ToContainTextAsync("<b>Eve</b> joined.");
        await Expect(ada.Log.Locator("script, img")).ToHaveCountAsync(0);
        Assert.DoesNotContain("owned", await ada.Page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chosen_name_is_told_and_is_kept_over_a_reload_and_in_new_windows()
    {
        await using var ben = await OpenAsync("Ben");
        await using var ada = await OpenAsync("Ada");
        await ada.Name.FillAsync("Countess");
        await ada.Name.PressAsync("Enter");
        await Expect(ben.Log).ToContainTextAsync("Ada is now Countess.");

        await ada.Page.ReloadAsync();
        await Expect(ada.Name).ToHaveValueAsync("Countess");

        Assert.Equal("Countess", await ada.Page.EvaluateAsync<string>("localStorage.getItem('name')"));
        await Expect(ben.People).ToHaveTextAsync(["Ben", "Countess"]);
    }

    [Fact]
    public async Task The_room_is_in_the_address_and_another_is_one_form_away()
    {
        await using var ada = await OpenAsync("Ada");
        await ada.Page.GetByLabel("Another room").FillAsync("tea & cake");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();

        await Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("# tea & cake");
        await ada.IsConnectedAsync();
        Assert.EndsWith("/?room=tea+%26+cake", ada.Page.Url, StringComparison.Ordinal);
        await Expect(ada.Page.GetByRole(AriaRole.Link, new() { Name = "tea & cake" })).ToHaveAttributeAsync("aria-current", "page");
    }

    [Fact]
    public async Task Messages_that_come_while_nobody_looks_are_counted_in_the_title()
    {
        await using var ada = await OpenAsync("Ada");
        await using var ben = await OpenAsync("Ben");
        await ada.Page.EvaluateAsync("Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
        await ben.SayAsync("one");
        await ben.SayAsync("two");
        await Expect(ada.Page).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex(@"^\(2\) "));

        await ada.Page.EvaluateAsync("delete document.hidden; document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
        await Expect(ada.Page).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex("^#"));
    }

    [Fact]
    public async Task An_empty_room_says_what_to_do_until_something_is_said()
    {
        await using var ada = await OpenAsync("Ada");
        await Expect(ada.Log).ToContainTextAsync("It is quiet here.");
        await ada.SayAsync("not any more");
        await Expect(ada.Page.GetByText("It is quiet here.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Whoever_reads_older_lines_stays_there_and_is_told_of_newer_ones()
    {
        await using var ada = await OpenAsync("Ada");
        await using var ben = await OpenAsync("Ben");
        await ada.SayAsync(string.Join('\n', Enumerable.Range(1, 100)));
        await ada.Log.EvaluateAsync("log => log.scrollTop = 0");
        await ben.SayAsync("news");
        await Expect(ada.Said).ToHaveCountAsync(2);
        Assert.Equal(0, await ada.Log.EvaluateAsync<int>("log => log.scrollTop"));

        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "New messages" }).ClickAsync();
        await Expect(ada.Said.Last).ToBeInViewportAsync();
    }

    [Fact]
    public async Task On_a_narrow_screen_nothing_overflows_and_the_people_are_one_tap_away()
    {
        await using var ada = await OpenAsync("Ada", options: new() { ViewportSize = new() { Width = 360, Height = 640 } });
        await ada.SayAsync(new string('a', 300));
        Assert.Equal(360, await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));

        await Expect(ada.Name).ToBeHiddenAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "People and rooms" }).ClickAsync();
        await Expect(ada.Name).ToBeVisibleAsync();
        await ada.Page.Keyboard.PressAsync("Escape");
        await Expect(ada.Name).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_page_runs_without_an_error_and_within_its_security_policy()
    {
        await using var ada = await OpenAsync("Ada");
        await ada.SayAsync("all well");
        Assert.Empty(ada.Errors);
    }

    // The test's name is its room.
    private Task<ChatPage> OpenAsync(string name, [CallerMemberName] string room = "", BrowserNewContextOptions? options = null) =>
        ChatPage.OpenAsync(browser, server.Address, room[..Math.Min(40, room.Length)], name, options);
}
