using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What a client is told when its message cannot be taken.</summary>
public sealed class IncomingTextTests : IDisposable
{
    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("""{"type":"count","$id":1,"value":"x"}""", """{"type":"$error","$re":1,"code":"invalid","message":"value: A number that fits was expected. (at byte 32)"}""")]
    [InlineData("""{"type":"count","value":1,"value":2}""", """{"type":"$error","code":"invalid","message":"value: A member stands twice. (at byte 34)"}""")]
    [InlineData("""{"type":"count"}""", """{"type":"$error","code":"invalid","message":"The member 'value' is missing. (at byte 16)"}""")]
    [InlineData("""{"value":1,"$id":"a"}""", """{"type":"$error","$re":"a","code":"invalid","message":"The message has no type."}""")]
    [InlineData("""{"type":"other","$id":2}""", """{"type":"$error","$re":2,"code":"unknown-type","message":"No message of this type is known here."}""")]
    public async Task A_message_that_does_not_fit_is_answered_with_what_is_wrong_and_where(string sent, string answer)
    {
        await using var client = await ConnectAsync();
        await client.SendAsync(sent);
        Assert.Equal(answer, await client.ReceiveTextAsync());

        await client.SendAsync("""{"type":"count","value":7}""");
        Assert.Equal("""{"type":"count","value":8}""", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("""{"type":"count","value":1""")]
    [InlineData("""{"type":"count","value":01}""")]
    public async Task Text_that_is_not_json_closes_with_1007(string sent)
    {
        await using var client = await ConnectAsync();
        await client.SendAsync(sent);
        Assert.Equal(CloseCode.InvalidPayload, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_request_whose_hook_threw_is_answered_in_general_terms_and_the_peer_stays()
    {
        await using var client = await ConnectAsync();
        await client.SendAsync("""{"type":"count","$id":3,"value":-1}""");
        Assert.Equal("""{"type":"$error","$re":3,"code":"failed","message":"The request failed."}""", await client.ReceiveTextAsync());

        await client.SendAsync("""{"type":"count","$id":4,"value":1}""");
        Assert.Equal("""{"type":"count","$re":4,"value":2}""", await client.ReceiveTextAsync());
    }

    private Task<MemoryClient> ConnectAsync() => MemoryClient.ConnectAsync(_host, new ScriptedHandler
    {
        Typed = (ref IncomingText text) =>
        {
            if (!text.Type.SequenceEqual("count"u8)) return text.Unknown();
            if (!text.TryRead<Count>(out var count)) return text.Invalid();
            return count.Value < 0 ? throw new InvalidOperationException("secret") : text.Reply(new Count(count.Value + 1));
        },
    });
}

[Message]
internal readonly partial record struct Count(int Value);
