using static Microsoft.Playwright.Assertions;

namespace Peers.Tests.Cluster;

/// <summary>The published cluster sample behind its proxy, in a real browser.</summary>
public sealed class ClusterPageTests(Browser browser)
{
    [Theory]
    [InlineData("nats")]
    [InlineData("redis")]
    public async Task Two_pages_on_different_nodes_talk_and_see_who_is_where(string broker)
    {
        await using var cluster = await ClusterServers.StartAsync(broker);
        await using var ada = await ClusterPage.OpenAsync(browser, cluster.Address, "Ada");
        await using var ben = await ClusterPage.OpenAsync(browser, cluster.Address, "Ben");
        var (adasNode, bensNode) = (await ada.NodeAsync(), await ben.NodeAsync());
        Assert.NotEqual(adasNode, bensNode);
        await Expect(ada.Card(bensNode)).ToContainTextAsync("Ben");
        await Expect(ben.Card(adasNode)).ToContainTextAsync("Ada");

        await ada.SayAsync("hello Ben");
        await Expect(ben.Said).ToHaveTextAsync(["hello Ben"]);
        await ben.SayAsync("hello Ada");
        await Expect(ada.Said).ToHaveTextAsync(["hello Ben", "hello Ada"]);

        await Expect(ada.Total).ToHaveTextAsync("2 at the table");
        await Expect(ada.Heading).ToHaveTextAsync("One table, three nodes");
        await Expect(ada.Card(adasNode)).ToContainTextAsync("serves you");
        Assert.Empty(ada.Errors);
    }

    [Theory]
    [InlineData("nats")]
    [InlineData("redis")]
    public async Task When_the_node_of_a_page_is_killed_it_goes_on_through_another(string broker)
    {
        await using var cluster = await ClusterServers.StartAsync(broker);
        await using var ada = await ClusterPage.OpenAsync(browser, cluster.Address, "Ada");
        await using var ben = await ClusterPage.OpenAsync(browser, cluster.Address, "Ben");
        var lost = await ada.NodeAsync();
        await Expect(ben.Card(lost)).ToContainTextAsync("Ada");

        await cluster.KillAsync(lost);

        await ada.IsServedByAnotherThanAsync(lost);
        await ada.SayAsync("still here");
        await Expect(ben.Said).ToHaveTextAsync(["still here"]);
        await ben.SayAsync("good");
        await Expect(ada.Said).ToHaveTextAsync(["still here", "good"]);
        await Expect(ben.Card(lost)).ToContainTextAsync("gone");
        await Expect(ben.Card(await ada.NodeAsync())).ToContainTextAsync("Ada");
        await Expect(ada.Log).ToContainTextAsync($"Going on through node {await ada.NodeAsync()}.");
    }
}
