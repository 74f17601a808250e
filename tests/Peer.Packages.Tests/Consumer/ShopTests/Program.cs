using Peers;

await using var host = PeerTestHost.Start<Doubler>();
var client = await host.ConnectAsync("/");
await client.SendAsync(new Number(21));
var answer = await client.ReceiveAsync<Number>();
Console.WriteLine($"the answer is {answer.Value}");

[PeerHandler("/")]
internal sealed partial class Doubler
{
    [OnMessage]
    private static Number Double(Number number) => new(number.Value * 2);
}

[Message]
internal readonly partial record struct Number(int Value);
