using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peers.Tests.Cluster;

/// <summary>The cluster's page in a browser window.</summary>
internal sealed class ClusterPage(IPage page) : IAsyncDisposable
{
    private readonly List<string> _errors = [];

    public ILocator Status => page.GetByRole(AriaRole.Status);

    /// <summary>What was said, whoever said it.</summary>
    public ILocator Said => page.GetByRole(AriaRole.Log).Locator(".said .text");

    public ILocator Log => page.GetByRole(AriaRole.Log);

    /// <summary>How many there are, as every node was asked.</summary>
    public ILocator Total => page.Locator("#total");

    public ILocator Heading => page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    /// <summary>What the page's script threw, and what its content security policy stopped.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public static async Task<ClusterPage> OpenAsync(Browser browser, Uri server, string name)
    {
        var context = await browser.NewContextAsync();
        var cluster = new ClusterPage(await context.NewPageAsync());
        cluster.Listen();
        await cluster.OpenAsync(server, name);
        return cluster;
    }

    /// <summary>The node that serves it now.</summary>
    public async Task<string> NodeAsync() => await page.Locator("#node").TextContentAsync() ?? "";

    /// <summary>A node's card.</summary>
    public ILocator Card(string node) => page.GetByRole(AriaRole.List, new() { Name = "Who is where" }).Locator(".node").Filter(new() { Has = page.Locator("h3", new() { HasText = node }) });

    public async Task SayAsync(string text)
    {
        var message = page.GetByLabel("Message");
        await message.FillAsync(text);
        await message.PressAsync("Enter");
        await Expect(Said.Last).ToHaveTextAsync(text);
    }

    public async Task IsServedByAnotherThanAsync(string node)
    {
        await Expect(page.Locator("#node")).Not.ToHaveTextAsync(node);
        await Expect(Status).ToHaveTextAsync("Connected");
    }

    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();

    private void Listen()
    {
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, line) =>
        {
            if (line.Text.Contains("Content Security Policy", StringComparison.Ordinal)) _errors.Add(line.Text);
        };
    }

    private async Task OpenAsync(Uri server, string name)
    {
        await page.GotoAsync(new Uri(server, $"/?name={Uri.EscapeDataString(name)}").ToString());
        await Expect(Status).ToHaveTextAsync("Connected");
        await Expect(page.Locator("#me")).ToHaveTextAsync(name);
    }
}
