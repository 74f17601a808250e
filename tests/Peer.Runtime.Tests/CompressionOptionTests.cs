using System.IO.Pipelines;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What each option of compression changes.</summary>
public sealed class CompressionOptionTests : IDisposable
{
    private const string Offer = "permessage-deflate; client_max_window_bits";

    // The pipe takes one message and then stops, so that the rest waits in the output.
    private static readonly PipeOptions s_narrow = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50);

    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [Trait("option", "Compression.Enabled")]
    [InlineData(false, ""), InlineData(true, "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    public async Task Enabled_agrees_to_what_a_client_offers(bool isEnabled, string expected) =>
        Assert.Equal(expected, await AgreeAsync(options => options.Enabled = isEnabled));

    [Theory]
    [Trait("option", "Compression.ServerContextTakeover")]
    [InlineData(false, true), InlineData(true, false)]
    public async Task ServerContextTakeover_keeps_the_context_of_what_is_sent(bool takesOver, bool isDeclined) =>
        Assert.Equal(isDeclined, (await AgreeAsync(options => options.ServerContextTakeover = takesOver)).Contains("server_no_context_takeover", StringComparison.Ordinal));

    [Theory]
    [Trait("option", "Compression.ClientContextTakeover")]
    [InlineData(false, true), InlineData(true, false)]
    public async Task ClientContextTakeover_lets_the_client_keep_its_context(bool takesOver, bool isDeclined) =>
        Assert.Equal(isDeclined, (await AgreeAsync(options => options.ClientContextTakeover = takesOver)).Contains("client_no_context_takeover", StringComparison.Ordinal));

    [Theory]
    [Trait("option", "Compression.ServerMaxWindowBits")]
    [InlineData(9), InlineData(14)]
    public async Task ServerMaxWindowBits_is_told_to_the_client(int bits) =>
        Assert.Contains($"server_max_window_bits={bits}", await AgreeAsync(options => options.ServerMaxWindowBits = bits), StringComparison.Ordinal);

    [Theory]
    [Trait("option", "Compression.ClientMaxWindowBits")]
    [InlineData(9), InlineData(14)]
    public async Task ClientMaxWindowBits_is_asked_of_a_client_that_keeps_its_context(int bits) =>
        Assert.Contains($"client_max_window_bits={bits}", await AgreeAsync(options => (options.ClientContextTakeover, options.ClientMaxWindowBits) = (true, bits)), StringComparison.Ordinal);

    [Theory]
    [Trait("option", "Compression.Threshold")]
    [InlineData(999, false), InlineData(1000, true), InlineData(1001, true)]
    public async Task Threshold_is_from_where_on_a_message_is_compressed_unasked(int length, bool isCompressed) =>
        Assert.Equal(isCompressed, await LengthAsync(options => options.Threshold = 1000, new string('a', length)) < 100);

    [Fact]
    [Trait("option", "Compression.Level")]
    public async Task A_higher_Level_makes_messages_smaller()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"{{\"id\":{i * 7919 % 1000},\"name\":\"user {i * i % 97}\"}},"));
        var fast = await LengthAsync(options => (options.Threshold, options.Level) = (1, 1), text);
        var small = await LengthAsync(options => (options.Threshold, options.Level) = (1, 9), text);

        Assert.InRange(small, 1, fast - 1);
    }

    private async Task<string> AgreeAsync(Action<CompressionOptions> configure)
    {
        await using var client = await ConnectAsync(configure);
        return client.Peer.Extensions;
    }

    // What a text takes on the wire, its header too.
    private async Task<long> LengthAsync(Action<CompressionOptions> configure, string text)
    {
        await using var client = await ConnectAsync(configure);
        client.Peer.SendBinary(new byte[200]);
        var before = client.Peer.BufferedBytes;
        client.Peer.Send(text);
        return client.Peer.BufferedBytes - before;
    }

    private Task<MemoryClient> ConnectAsync(Action<CompressionOptions> configure)
    {
        var options = new PeerOptions { Compression = { Enabled = true } };
        configure(options.Compression);
        return MemoryClient.ConnectAsync(_host, new ScriptedHandler(), options, request => request.Headers["Sec-WebSocket-Extensions"] = Offer, s_narrow);
    }
}
