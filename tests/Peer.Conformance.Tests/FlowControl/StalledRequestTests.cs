using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.FlowControl;

/// <summary>Requests of the server behind output that the client does not read.</summary>
public sealed class StalledRequestTests
{
    private const string Busy = """{"type":"interview","fillers":600}""";
    private const string Free = """{"type":"interview","fillers":0}""";

    private readonly Diary _diary = new();

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_request_times_out_while_nothing_is_read_its_late_reply_is_ignored_and_the_next_is_answered(Link link)
    {
        // One at a time: a request that leaves anything behind makes the next impossible.
        await using var app = await TestApp.StartAsync(
            app => app.MapPeer<Interviewer>(),
            options => options.MaxRequests = 1,
            builder => builder.Services.AddSingleton(_diary),
            link.Protocols(),
            link.IsEncrypted());
        using var http = Links.CreateHttp();
        await using var client = await link.ConnectNarrowAsync(http, app.Port, "/interviewer");
        await client.SendAsync(Busy);
        Assert.Equal("timed out", await _diary.NextAsync());

        for (var i = 0; i < 600; i++) Assert.Equal(Interviewer.FillerSize, (await client.ReceiveAsync(RawOpcode.Binary)).Payload.Length);
        Assert.Equal("""{"type":"enquiry","$id":1,"about":"age"}""", await client.ReceiveTextAsync());
        await client.SendAsync("""{"type":"particulars","$re":1,"years":41}""");
        await client.SendAsync(Free);
        Assert.Equal("""{"type":"enquiry","$id":2,"about":"age"}""", await client.ReceiveTextAsync());
        await client.SendAsync("""{"type":"particulars","$re":2,"years":42}""");

        Assert.Equal("42 years", await _diary.NextAsync());
        Assert.Equal(1000, await client.CloseAsync());
        Assert.Empty(_diary.Rest());
    }
}

/// <summary>Asks its client something, behind as much else as it is told to send.</summary>
[PeerHandler("/interviewer")]
public sealed partial class Interviewer(Diary diary)
{
    /// <summary>How long each of the messages before the request is.</summary>
    public const int FillerSize = 16 * 1024;

    [OnMessage]
    private async Task Interview(Peer peer, Interview interview)
    {
        for (var i = 0; i < interview.Fillers; i++) peer.SendBinary(new byte[FillerSize]);
        try
        {
            var particulars = await peer.RequestAsync<Enquiry, Particulars>(new("age"), TimeSpan.FromSeconds(interview.Fillers > 0 ? 0.5 : 10));
            diary.Write($"{particulars.Years} years");
        }
        catch (TimeoutException)
        {
            diary.Write("timed out");
        }
    }
}

[Message]
public readonly partial record struct Interview(int Fillers);

[Message]
public readonly partial record struct Enquiry(string About);

[Message]
public readonly partial record struct Particulars(int Years);
