using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>RFC 8441 down to the frames of HTTP/2: how streams begin and end beside each other on one connection.</summary>
public sealed class Http2StreamTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private const int EnableConnectProtocol = 0x8;
    private const int NoError = 0x0;
    private const int Cancel = 0x8;

    [Fact]
    public async Task The_server_announces_that_it_takes_websockets()
    {
        await using var wire = await Http2Wire.ConnectAsync(server.PortOf(Link.Http2));

        Assert.Equal(1u, wire.Settings[EnableConnectProtocol]);
    }

    [Fact]
    public async Task A_message_right_behind_the_headers_of_its_stream_is_answered()
    {
        await using var wire = await Http2Wire.ConnectAsync(server.PortOf(Link.Http2));
        var stream = await wire.OpenAsync(RawFrame.Write("at once"));

        Assert.Equal([0x81, 7, .. "at once"u8], (await wire.ReceiveAsync(stream, Http2Type.Data)).Payload);
    }

    // No error, protocol error, internal error, stream closed, refused, cancel, enhance your calm.
    [Theory]
    [InlineData(NoError)]
    [InlineData(0x1)]
    [InlineData(0x2)]
    [InlineData(0x5)]
    [InlineData(0x7)]
    [InlineData(Cancel)]
    [InlineData(0xB)]
    public async Task A_stream_that_is_reset_takes_its_peer_with_it_and_no_other(int error)
    {
        await using var wire = await Http2Wire.ConnectAsync(server.PortOf(Link.Http2));
        var before = await wire.OpenAsync();
        var reset = await wire.OpenAsync();
        var after = await wire.OpenAsync();
        foreach (var stream in new[] { before, reset, after }) await wire.AssertEchoAsync(stream, "well");
        await wire.SendAsync(before, RawFrame.Write(RawOpcode.Text, "in "u8, fin: false));
        await wire.SendAsync(reset, RawFrame.Write(RawOpcode.Text, "never whole"u8, fin: false));
        await wire.ResetAsync(reset, error);

        await server.OnlyRemainsAsync(2);
        await wire.SendAsync(before, RawFrame.Write(RawOpcode.Continuation, "peace"u8));
        Assert.Equal([0x81, 8, .. "in peace"u8], (await wire.ReceiveAsync(before, Http2Type.Data)).Payload);
        await wire.AssertEchoAsync(after, "still well");
        await wire.AssertEchoAsync(await wire.OpenAsync(), "one more");
    }

    [Fact]
    public async Task A_stream_that_ends_without_a_close_frame_is_ended_in_turn()
    {
        await using var wire = await Http2Wire.ConnectAsync(server.PortOf(Link.Http2));
        var stream = await wire.OpenAsync();
        await wire.AssertEchoAsync(stream, "well");
        await wire.SendAsync(stream, RawFrame.Write(RawOpcode.Text, "half a "u8, fin: false), isLast: true);

        Assert.True((await wire.ReceiveAsync(stream, Http2Type.Data)) is { IsLast: true, Payload: [] });
        await server.OnlyRemainsAsync(0);
    }

    [Fact]
    public async Task A_closing_handshake_ends_the_stream_and_leaves_the_connection()
    {
        await using var wire = await Http2Wire.ConnectAsync(server.PortOf(Link.Http2));
        var stream = await wire.OpenAsync();
        await wire.SendAsync(stream, RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1001)), isLast: true);

        // The end may come with the answer or behind it.
        var answer = await wire.ReceiveAsync(stream, Http2Type.Data);
        Assert.Equal([0x88, 2, 0x03, 0xE9], answer.Payload);
        Assert.True(answer.IsLast || (await wire.ReceiveAsync(stream, Http2Type.Data)).IsLast);
        await wire.AssertEchoAsync(await wire.OpenAsync(), "another");
    }

    [Fact]
    public async Task A_peer_that_is_terminated_has_its_stream_cancelled_and_no_other()
    {
        await using var wire = await Http2Wire.ConnectAsync(server.PortOf(Link.Http2));
        var first = await wire.OpenAsync();
        await wire.AssertEchoAsync(first, "well");
        var peer = server.Host.Peers.Single();
        var second = await wire.OpenAsync();
        await wire.AssertEchoAsync(second, "well");
        peer.Terminate();

        Assert.Equal(Cancel, (await wire.ReceiveAsync(first, Http2Type.Reset)).Error);
        await wire.AssertEchoAsync(second, "still well");
    }
}
