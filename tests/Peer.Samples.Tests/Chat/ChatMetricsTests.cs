using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peers.Tests.Chat;

/// <summary>What the published chat tells Prometheus, and the page that draws it.</summary>
public sealed class ChatMetricsTests(Browser browser, ChatServer server) : IClassFixture<ChatServer>
{
    [Fact]
    public async Task Prometheus_is_told_of_messages_by_type_and_of_hooks_in_seconds()
    {
        await using var ada = await ChatPage.OpenAsync(browser, server.Address, "metered", "Ada");
        await ada.SayAsync("hello");
        using var http = new HttpClient { BaseAddress = server.Address };
        var metrics = await http.GetStringAsync("/metrics");

        Assert.Matches("""(?m)^peer_received_messages_total\{[^}]*peer_handler="ChatRoom"[^}]*peer_message_type="say"[^}]*\} \d""", metrics);
        Assert.Matches("""(?m)^peer_hook_duration_seconds_bucket\{[^}]*peer_hook="OnMessage"[^}]*le="0.0001"[^}]*\} \d""", metrics);
        Assert.Matches("""(?m)^peer_handshakes_total\{[^}]*peer_handshake_outcome="accepted"[^}]*\} \d""", metrics);
    }

    [Fact]
    public async Task The_page_of_metrics_shows_who_is_connected_and_what_is_said()
    {
        await using var ada = await ChatPage.OpenAsync(browser, server.Address, "drawn", "Ada");
        var errors = new List<string>();
        var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(new Uri(server.Address, "/metrics.html").ToString());
        await ada.SayAsync("hello");

        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Read at");
        await Expect(Card(page, "Peers").Locator("strong")).Not.ToHaveTextAsync("0");
        await Expect(Card(page, "Messages received").GetByRole(AriaRole.Cell, new() { Name = "say", Exact = true })).ToHaveCountAsync(1);
        await Expect(Card(page, "Handshakes").GetByRole(AriaRole.Cell, new() { Name = "accepted", Exact = true })).ToHaveCountAsync(1);
        Assert.Empty(errors);
        await context.CloseAsync();
    }

    private static ILocator Card(IPage page, string title) =>
        page.Locator("section").Filter(new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true }) });
}
