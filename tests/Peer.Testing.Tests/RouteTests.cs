using Peers.Tests.Kit;

namespace Peers.Tests;

public sealed class RouteTests
{
    [Theory]
    [InlineData("/plain/{id}", "/plain/7", "7")]
    [InlineData("/plain/{id}", "/PLAIN/7/", "7")]
    [InlineData("plain/{id:int:min(1)}", "/plain/7", "7")]
    [InlineData("/plain/{id?}", "/plain", "")]
    [InlineData("/plain/{id=none}", "/plain", "none")]
    [InlineData("/plain/{id:alpha=none}", "/plain", "none")]
    [InlineData("/plain/{*id}", "/plain/a/b", "a/b")]
    [InlineData("/plain/{**id}", "/plain", "")]
    [InlineData("/plain/{id}", "/plain/a%20b", "a b")]
    [InlineData("/plain/{id}", "/plain/a%2Fb", "a%2Fb")]
    [InlineData("/plain/{id}", "/plain/a?b=c/d", "a")]
    public async Task A_path_that_fits_gives_the_route_value(string pattern, string path, string value)
    {
        await using var host = PeerTestHost.Start().Map<Plain>(pattern);
        var client = await host.ConnectAsync(path);
        Assert.Equal(value, client.Peer.Route("id") ?? "");
    }

    [Theory]
    [InlineData("/plain/{id}", "/plain")]
    [InlineData("/plain/{id}", "/plain//")]
    [InlineData("/plain/{id}", "/plain/7/8")]
    [InlineData("/plain/{id}", "/other/7")]
    [InlineData("/", "/plain")]
    public async Task A_path_that_does_not_fit_is_404(string pattern, string path)
    {
        await using var host = PeerTestHost.Start().Map<Plain>(pattern);
        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync(path));
        Assert.Equal(404, rejected.StatusCode);
    }

    [Theory]
    [InlineData("/plain/{id}", "/plain/{*id}")]
    [InlineData("/plain/{id:int}", "/plain/{id}")]
    [InlineData("/{id}/7", "/{*id}")]
    public async Task The_more_exact_pattern_is_meant_whatever_the_order(string exact, string loose)
    {
        await using var host = PeerTestHost.Start().Map<Plain>(loose, options => options.CapturedHeaders.Add("loose")).Map<Plain>(exact);
        var client = await host.ConnectAsync("/plain/7", request => request.Headers["loose"] = "yes");
        Assert.Empty(client.Peer.Headers);
    }

    [Fact]
    public async Task Patterns_that_fit_alike_are_refused()
    {
        await using var host = PeerTestHost.Start().Map<Plain>("/{id}").Map<Plain>("/{other}");
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.ConnectAsync("/7"));
    }

    [Theory]
    [InlineData("/v{id}")]
    [InlineData("/{id}.{rest}")]
    [InlineData("/{id}{rest}")]
    public async Task A_segment_of_text_and_parameters_is_refused(string pattern)
    {
        await using var host = PeerTestHost.Start();
        Assert.Throws<ArgumentException>(() => host.Map<Plain>(pattern));
    }

    [Theory]
    [InlineData("/desks/a?key=wr%6Fng")]
    [InlineData("/desks/a?KEY=wrong")]
    [InlineData("/desks/a?x&key=wrong&key=right")]
    public async Task The_query_is_read_as_a_server_reads_it(string path)
    {
        await using var host = PeerTestHost.Start<Desk>(services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, new Gate()));
        var rejected = await Assert.ThrowsAsync<PeerTestRejectedException>(() => host.ConnectAsync(path));
        Assert.Equal(401, rejected.StatusCode);
    }
}
