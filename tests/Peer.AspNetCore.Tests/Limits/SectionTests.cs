using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Peers.Tests.Kit;

namespace Peers.Tests.Limits;

/// <summary>Sections of the configuration that cannot be meant.</summary>
public sealed class SectionTests
{
    // The binder ignored all of these but the last four, and the defaults stayed in force.
    [Theory]
    [InlineData("MessageRate", "20", "Peers:MessageRate has the value '20', but takes keys of its own: Limit, Period, Burst.")]
    [InlineData("MessageRate", "", "Peers:MessageRate has the value '', but takes keys of its own: Limit, Period, Burst.")]
    [InlineData("Compression", "true", "Peers:Compression has the value 'true', but takes keys of its own: Enabled, ")]
    [InlineData("AllowedOrigins", "https://a.example", "Peers:AllowedOrigins has the value 'https://a.example', but takes a list, such as [\"…\"] in JSON, or the key AllowedOrigins:0")]
    [InlineData("AllowedOrigins", "https://a.example,https://b.example", "Peers:AllowedOrigins has the value")]
    [InlineData("CapturedHeaders", "User-Agent", "Peers:CapturedHeaders has the value 'User-Agent', but takes a list")]
    [InlineData("AllowedOrigins:0", "", "Peers:AllowedOrigins:0 has no value, but is an element")]
    [InlineData("AllowedOrigins:0:Name", "https://a.example", "Peers:AllowedOrigins:0 has keys below it")]
    [InlineData("MaxPeers", "", "Peers:MaxPeers has no value. It takes a whole number")]
    [InlineData("MaxPeers", " ", "Peers:MaxPeers has no value. It takes a whole number")]
    [InlineData("MaxPeers:Value", "10", "Peers:MaxPeers has keys below it, but takes a whole number")]
    [InlineData("KeepAliveInterval", "", "Peers:KeepAliveInterval has no value. It takes a time")]
    [InlineData("Compression:Enabled", "", "Peers:Compression:Enabled has no value. It takes true or false.")]
    [InlineData("MessageRate:Burst", "", "Peers:MessageRate:Burst has no value. It takes a whole number")]
    [InlineData("SlowPeerPolicy", "Close,DropNewest", "Peers:SlowPeerPolicy has the value 'Close,DropNewest', but takes one of Close, DropNewest, DropOldest, KeepLatest.")]
    [InlineData("SlowPeerPolicy", "1", "Peers:SlowPeerPolicy has the value '1', but takes one of Close")]
    [InlineData("CloseTimeout", "5", "Peers:CloseTimeout has the value '5', but takes a time as hours:minutes:seconds")]
    [InlineData("MaxPers", "10", "Peers:MaxPers is no option: PeerOptions has no 'MaxPers'. It has ")]
    [InlineData("MaxPeers", "many", "Peers:MaxPeers has the value 'many', but takes a whole number")]
    [InlineData("MaxPeers", "10_000", "Peers:MaxPeers has the value '10_000', but takes a whole number")]
    [InlineData("MaxPeers", "99999999999", "Peers:MaxPeers has the value '99999999999', but takes a whole number")]
    [InlineData("Compression:Enabled", "yes", "Peers:Compression:Enabled has the value 'yes', but takes true or false.")]
    public async Task A_value_that_cannot_be_meant_fails_the_start_by_its_path_and_says_what_is_expected(string key, string value, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), configure: builder =>
        {
            builder.Configuration.AddInMemoryCollection([new($"Peers:{key}", value)]);
            builder.Services.AddPeers(builder.Configuration.GetSection("Peers"));
        }));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_that_is_a_value_itself_is_refused() =>
        Assert.Contains("Peers has the value 'off', but takes keys of its own", Refusal(new() { ["Peers"] = "off" }), StringComparison.Ordinal);

    [Fact]
    public void Every_fault_of_a_section_is_named_at_once()
    {
        var refusal = Refusal(new() { ["Peers:MaxPeers"] = "many", ["Peers:Compression"] = "true", ["Peers:Nothing"] = "1" });

        Assert.All(["Peers:MaxPeers", "Peers:Compression", "Peers:Nothing"], path => Assert.Contains(path, refusal, StringComparison.Ordinal));
    }

    // The list of the first file stays in force, although the second seems to empty it.
    [Fact]
    public void An_empty_list_over_one_with_elements_is_refused() =>
        Assert.Contains("Peers:AllowedOrigins has the value ''", Refusal(new() { ["Peers:AllowedOrigins"] = "", ["Peers:AllowedOrigins:0"] = "https://a.example" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Peers": {} }""")]
    [InlineData("""{ "Peers": { "AllowedOrigins": [], "Compression": {} } }""")]
    [InlineData("""{ "Peers": { "AllowedOrigins": null, "MessageRate": null } }""")]
    public void What_sets_nothing_leaves_the_defaults(string json)
    {
        var options = Bind(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());

        Assert.Empty(options.AllowedOrigins);
        Assert.False(options.Compression.Enabled);
        Assert.Equal(int.MaxValue, options.MessageRate.Limit);
        options.Validate();
    }

    [Fact]
    public void Keys_and_names_are_read_whatever_their_case()
    {
        var settings = new Dictionary<string, string?> { ["Peers:MAXPEERS"] = "7", ["Peers:slowpeerpolicy"] = "droPoldest", ["Peers:keepAliveInterval"] = "-00:00:00.001" };
        var options = Bind(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

        Assert.Equal((7, SlowPeerPolicy.DropOldest, Timeout.InfiniteTimeSpan), (options.MaxPeers, options.SlowPeerPolicy, options.KeepAliveInterval));
    }

    private static string Refusal(Dictionary<string, string?> settings) =>
        Assert.Throws<OptionsValidationException>(() => Bind(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())).Message;

    private static PeerOptions Bind(IConfiguration configuration)
    {
        using var services = new ServiceCollection().AddPeers(configuration.GetSection("Peers")).Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<PeerOptions>>().Value;
    }
}
