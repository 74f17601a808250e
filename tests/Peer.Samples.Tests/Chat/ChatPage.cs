using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peers.Tests.Chat;

/// <summary>The chat's page in a browser window, used as a person uses it: by labels and roles.</summary>
internal sealed class ChatPage(IPage page) : IAsyncDisposable
{
    private readonly List<string> _errors = [];

    public IPage Page => page;

    public ILocator Status => page.GetByRole(AriaRole.Status);

    public ILocator Message => page.GetByLabel("Message", new() { Exact = true });

    public ILocator Log => page.GetByRole(AriaRole.Log);

    public ILocator Said => Log.Locator(".said .bubble");

    public ILocator Mine => Log.Locator(".said.mine .bubble");

    /// <summary>The names of whoever is here.</summary>
    public ILocator People => page.GetByRole(AriaRole.List, new() { Name = "Here now" }).Locator(".name");

    public ILocator Typing => page.Locator("#typing");

    public ILocator Name => page.GetByLabel("Your name");

    /// <summary>What the page's script threw, and what its content security policy stopped.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public static async Task<ChatPage> OpenAsync(Browser browser, Uri server, string room, string name, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options);
        await context.AddInitScriptAsync($"sessionStorage.getItem('name') ?? sessionStorage.setItem('name', '{name}')");
        return await OpenAsync(context, server, room);
    }

    public static async Task<ChatPage> OpenAsync(IBrowserContext context, Uri server, string room)
    {
        var chat = new ChatPage(await context.NewPageAsync());
        chat.Page.PageError += (_, error) => chat._errors.Add(error);
        chat.Page.Console += (_, line) =>
        {
            if (line.Text.Contains("Content Security Policy", StringComparison.Ordinal)) chat._errors.Add(line.Text);
        };
        await chat.Page.GotoAsync(new Uri(server, $"/?room={Uri.EscapeDataString(room)}").ToString());
        await chat.IsConnectedAsync();
        return chat;
    }

    public async Task IsConnectedAsync()
    {
        await Expect(Status).ToHaveTextAsync("Connected");
        await Expect(page.Locator("#people").GetByText("you", new() { Exact = true })).ToHaveCountAsync(1);
    }

    /// <summary>Returns when the server has confirmed it.</summary>
    public async Task SayAsync(string text)
    {
        await Message.FillAsync(text);
        await Message.PressAsync("Enter");
        await Expect(Log.Locator(".said.mine").Last).ToHaveAttributeAsync("data-state", "delivered");
        await Expect(Mine.Last).ToHaveTextAsync(text);
    }

    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();
}
