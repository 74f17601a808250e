using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>The opening handshake, RFC 6455 §4.2. What the server says to each fault is tested where it is made.</summary>
public sealed class HandshakeTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private static readonly (string Name, string? Value)[] s_wrong =
    [
        ("Upgrade", null), ("Upgrade", ""), ("Upgrade", "h2c"), ("Upgrade", "web socket"),
        ("Connection", null), ("Connection", ""), ("Connection", "keep-alive"), ("Connection", "Upgraded, keep-alive"),
        ("Sec-WebSocket-Key", null), ("Sec-WebSocket-Key", ""), ("Sec-WebSocket-Key", "c2hvcnQ="), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ"), ("Sec-WebSocket-Key", "************************"),
        ("Host", null),
        ("Sec-WebSocket-Extensions", "permessage-deflate; ="),
    ];

    private static readonly (string Name, string Value)[] s_right =
    [
        ("Upgrade", "WebSocket"), ("Upgrade", "h2c, websocket"), ("Connection", "keep-alive, Upgrade"), ("Connection", "UPGRADE,keep-alive"),
        ("Sec-WebSocket-Protocol", "a, b"), ("Sec-WebSocket-Extensions", "x-unknown; a=1; b=\"c\", x-other"), ("Sec-WebSocket-Extensions", "permessage-deflate"),
    ];

    public static TheoryData<Link> EveryOwnLink { get; } = [.. Links.OfTheirOwn];

    public static MatrixTheoryData<Link, int> EveryWrong { get; } = new(Links.OfTheirOwn, Enumerable.Range(0, s_wrong.Length));

    public static MatrixTheoryData<Link, int> EveryRight { get; } = new(Links.OfTheirOwn, Enumerable.Range(0, s_right.Length));

    public static MatrixTheoryData<Link, string> EverySingle { get; } = new(Links.OfTheirOwn, ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Host", "Origin"]);

    public static MatrixTheoryData<Link, string?> EveryWrongVersion { get; } = new(Links.OfTheirOwn, ["", "0", "8", "12", "14", "13, 13", "013"]);

    public static MatrixTheoryData<Link, string> EveryWrongMethod { get; } = new(Links.OfTheirOwn, ["POST", "PUT", "DELETE", "OPTIONS"]);

    [Theory]
    [MemberData(nameof(EveryWrong))]
    public async Task A_header_that_is_missing_or_wrong_is_refused(Link link, int wrong)
    {
        var answer = await RequestAsync(link, RawClient.UpgradeRequest("/", s_wrong[wrong]));

        Assert.True(answer.Status is 400 or 426, $"{s_wrong[wrong]} was answered with {answer.Status}");
    }

    [Theory]
    [MemberData(nameof(EveryRight))]
    public async Task A_header_with_more_than_is_asked_for_is_accepted_and_nothing_is_offered_back(Link link, int right)
    {
        await using var client = await server.ConnectAsync(link, s_right[right]);

        Assert.Null(client.Handshake!.Header("Sec-WebSocket-Protocol"));
        Assert.Null(client.Handshake.Header("Sec-WebSocket-Extensions"));
        Assert.Equal(1000, await client.CloseAsync());
    }

    [Theory]
    [MemberData(nameof(EveryWrongVersion))]
    public async Task Another_version_is_answered_with_426_and_the_right_one(Link link, string? version)
    {
        var answer = await RequestAsync(link, RawClient.UpgradeRequest("/", ("Sec-WebSocket-Version", version)));

        Assert.Equal((426, "13"), (answer.Status, answer.Header("Sec-WebSocket-Version")));
    }

    [Theory]
    [MemberData(nameof(EverySingle))]
    public async Task A_header_that_must_be_single_may_not_be_repeated(Link link, string name)
    {
        var value = name switch { "Sec-WebSocket-Key" => RawClient.Key, "Sec-WebSocket-Version" => "13", "Host" => "localhost", _ => "http://localhost" };
        var answer = await RequestAsync(link, RawClient.UpgradeRequest("/", (name, value), (name, value)));

        Assert.True(answer.Status is 400 or 426, $"answered with {answer.Status}");
    }

    [Theory]
    [MemberData(nameof(EveryOwnLink))]
    public async Task Headers_that_are_lists_may_be_repeated(Link link)
    {
        await using var client = await server.ConnectAsync(link, ("Connection", "keep-alive"), ("Connection", "Upgrade"), ("Upgrade", "foo"), ("Upgrade", "websocket"));

        Assert.Equal(1000, await client.CloseAsync());
    }

    [Theory]
    [MemberData(nameof(EveryWrongMethod))]
    public async Task Another_method_is_refused(Link link, string method)
    {
        var request = RawClient.UpgradeRequest("/", ("Connection", "Upgrade, close"));

        Assert.Equal(405, (await RequestAsync(link, method + request[3..])).Status);
    }

    [Theory]
    [MemberData(nameof(EveryOwnLink))]
    public async Task HTTP_1_0_is_refused(Link link) =>
        Assert.Equal(400, (await RequestAsync(link, RawClient.UpgradeRequest().Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal))).Status);

    private async Task<RawAnswer> RequestAsync(Link link, string request)
    {
        await using var client = await RawClient.DialAsync(server.PortOf(link), link.IsEncrypted());
        return await client.RequestAsync(request);
    }
}
