using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Peers.Tests.Limits;

/// <summary>Every option of every endpoint: that configuration sets it, and which values it takes. What it does is tested where it is done.</summary>
public sealed class OptionTests
{
    public static TheoryData<string> All { get; } = [.. Option.All.Select(option => option.Name)];

    public static TheoryData<string, int> Edges { get; } = Numbered(option => option.Edges);

    public static TheoryData<string, int> Beyond { get; } = Numbered(option => option.Beyond);

    [Fact]
    public void No_option_is_left_out() => Assert.Equal(Option.Names(typeof(PeerOptions)).Order(StringComparer.Ordinal), Option.All.Select(option => option.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_defaults_work() => Assert.True(IsValid(new(), out _));

    [Theory, MemberData(nameof(All))]
    public void It_is_set_by_configuration(string name)
    {
        var option = Find(name);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"Peers:{option.Key}", option.Configured)]).Build();
        using var services = new ServiceCollection().AddPeers(configuration.GetSection("Peers")).Services.BuildServiceProvider();

        Assert.Equal(option.Expected, option.Get(services.GetRequiredService<IOptions<PeerOptions>>().Value));
        Assert.NotEqual(option.Expected, option.Get(new()));
    }

    [Theory, MemberData(nameof(Edges))]
    public void It_takes_the_outermost_values_that_work(string name, int index)
    {
        var options = new PeerOptions();
        Find(name).Set(options, Find(name).Edges[index]);

        Assert.True(IsValid(options, out var failure), failure);
    }

    [Theory, MemberData(nameof(Beyond))]
    public void A_value_beyond_is_refused_by_the_options_name(string name, int index)
    {
        var options = new PeerOptions();
        Find(name).Set(options, Find(name).Beyond[index]);

        Assert.False(IsValid(options, out var failure));
        Assert.Contains($"PeerOptions.{name}", failure, StringComparison.Ordinal);
    }

    // It was taken, and nothing ever reached it: no backpressure was answered and no drain hook ran.
    [Theory, InlineData(70_000, "70,000"), InlineData(65_536, "65,536")]
    public void A_drain_threshold_that_is_never_reached_is_refused_with_both_values_and_both_knobs(int threshold, string named)
    {
        Assert.False(IsValid(new() { MaxBufferedBytes = 65_536, DrainThreshold = threshold }, out var failure));
        Assert.StartsWith(
            $"PeerOptions.DrainThreshold ({named} bytes) must be less than PeerOptions.MaxBufferedBytes (65,536 bytes), or it is never reached. Lower DrainThreshold or raise MaxBufferedBytes.",
            failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drain_threshold_one_below_the_limit_works() => Assert.True(IsValid(new() { MaxBufferedBytes = 65_536, DrainThreshold = 65_535 }, out _));

    [Theory, InlineData(256, 128), InlineData(100_000, 50_000), InlineData(1 << 20, 65_536)]
    public void A_drain_threshold_that_nobody_set_is_half_of_the_limit_at_most(int limit, int expected)
    {
        var options = new PeerOptions { MaxBufferedBytes = limit };

        Assert.Equal(expected, options.DrainThreshold);
        Assert.True(IsValid(options, out var failure), failure);
    }

    [Fact]
    public void A_drain_threshold_that_is_not_configured_follows_the_limit_that_code_sets_after_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Peers:MaxBufferedBytes", "100000")]).Build();
        using var services = new ServiceCollection().AddPeers(configuration.GetSection("Peers")).Services.Configure<PeerOptions>(options => options.MaxBufferedBytes = 1000).BuildServiceProvider();

        Assert.Equal(500, services.GetRequiredService<IOptions<PeerOptions>>().Value.DrainThreshold);
    }

    private static Option Find(string name) => Option.All.Single(option => option.Name == name);

    private static bool IsValid(PeerOptions options, out string? failure)
    {
        var result = new PeerOptionsValidation().Validate(name: null, options);
        failure = result.FailureMessage;
        return result.Succeeded;
    }

    private static TheoryData<string, int> Numbered(Func<Option, object[]> values)
    {
        var data = new TheoryData<string, int>();
        foreach (var option in Option.All)
        {
            for (var i = 0; i < values(option).Length; i++) data.Add(option.Name, i);
        }

        return data;
    }
}
