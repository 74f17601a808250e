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
