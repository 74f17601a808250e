using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Peers.Tests.Limits;

/// <summary>The window of HTTP/2 connections that <c>AddPeers</c> gives to Kestrel. What it is for is tested by the conformance tests.</summary>
public sealed class Http2ConnectionWindowTests
{
    // Kestrel's own window, set explicitly, also counts as the application's choice.
    private const int KestrelsOwn = 1024 * 1024;

    [Fact]
    public void It_is_twice_the_windows_of_all_streams() => Assert.Equal(2 * 100 * 768 * 1024, WindowOf(builder => builder.Services.AddPeers()));

    [Fact]
    public void It_follows_the_streams_that_the_application_sets_before() => Assert.Equal(2 * 10 * 100_000, WindowOf(builder =>
    {
        builder.WebHost.ConfigureKestrel(SetStreams);
        builder.Services.AddPeers();
    }));

    [Fact]
    public void It_follows_the_streams_that_the_application_sets_afterwards() => Assert.Equal(2 * 10 * 100_000, WindowOf(builder =>
    {
        builder.Services.AddPeers();
        builder.WebHost.ConfigureKestrel(SetStreams);
    }));

    [Theory]
    [InlineData(65_535)]
    [InlineData(KestrelsOwn)]
    [InlineData(int.MaxValue)]
    public void A_window_that_the_application_sets_before_or_afterwards_stays(int window)
    {
        Assert.Equal(window, WindowOf(builder =>
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.Http2.InitialConnectionWindowSize = window);
            builder.Services.AddPeers();
        }));
        Assert.Equal(window, WindowOf(builder =>
        {
            builder.Services.AddPeers();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.Http2.InitialConnectionWindowSize = window);
            builder.Services.AddPeers();
        }));
    }

    [Fact]
    public void It_is_never_larger_than_the_standard_allows() => Assert.Equal(int.MaxValue, WindowOf(builder =>
    {
        builder.Services.AddPeers();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.Http2.MaxStreamsPerConnection = int.MaxValue);
    }));

    private static void SetStreams(KestrelServerOptions kestrel) =>
        (kestrel.Limits.Http2.MaxStreamsPerConnection, kestrel.Limits.Http2.InitialStreamWindowSize) = (10, 100_000);

    private static int WindowOf(Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        configure(builder);
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.Http2.InitialConnectionWindowSize;
    }
}
