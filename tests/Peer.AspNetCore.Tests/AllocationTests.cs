using System.Globalization;
using Peers.TestKit;

namespace Peers.Tests;

/// <summary>What a message costs the server in managed memory, counted in a process of its own, in steady state and with messages in flight.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Messages = 100_000;
    private const int WarmUp = 20_000;
    private const int InFlight = 16;
    private const string Move = """{"type":"move","id":7,"x":1.5,"y":-2.25,"isFast":true}""";

    // Header of two bytes, {"type":"moved",…}
    private const int MovedLength = 57;

    [Fact]
    public async Task An_echo_of_utf8_text_costs_less_than_a_byte_a_message() =>
        Assert.InRange(await MeasureEchoAsync("/raw", RawFrame.Write("héllo, world: 20 B"), answerLength: 21), 0, 1);

    [Fact]
    public async Task An_echo_of_binary_costs_less_than_a_byte_a_message() =>
        Assert.InRange(await MeasureEchoAsync("/raw", RawFrame.Write(RawOpcode.Binary, new byte[1024]), answerLength: 1028), 0, 1);

    [Fact]
    public async Task A_typed_struct_answered_by_another_costs_less_than_a_byte_a_message() =>
        Assert.InRange(await MeasureEchoAsync("/typed", RawFrame.Write(Move), MovedLength), 0, 1);

    [Fact]
    public async Task A_publish_to_100_peers_costs_less_than_a_byte_a_message()
    {
        await using var server = await StartAsync();
        var subscribers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RawClient.ConnectAsync(server.Address.Port, "/subscribe")));
        foreach (var subscriber in subscribers) await subscriber.ReceiveTextAsync();
        await using var publisher = await RawClient.ConnectAsync(server.Address.Port, "/publish");
        Assert.InRange(await MeasureAsync(server, "/publish", publisher, subscribers, RawFrame.Write(Move), MovedLength), 0, 1);
        foreach (var subscriber in subscribers) await subscriber.DisposeAsync();
    }

    [Fact]
    public async Task A_string_payload_costs_the_string()
    {
        // 20 characters: 22 bytes of header and length, 40 of text, rounded up to 64.
        Assert.InRange(await MeasureEchoAsync("/string", RawFrame.Write("hello, world: 20 B.."), answerLength: 22), 64, 65);
    }

    [Fact]
    public async Task A_hook_that_suspends_costs_its_state_machine_which_is_less_than_176_bytes()
    {
        Assert.InRange(await MeasureEchoAsync("/suspending", RawFrame.Write(RawOpcode.Binary, new byte[20]), answerLength: 22), 1, 175);
    }

    private async Task<double> MeasureEchoAsync(string path, byte[] frame, int answerLength)
    {
        await using var server = await StartAsync();
        await using var client = await RawClient.ConnectAsync(server.Address.Port, path);
        return await MeasureAsync(server, path, client, [client], frame, answerLength);
    }

    private async Task<double> MeasureAsync(ServerProcess server, string path, RawClient sender, RawClient[] receivers, byte[] frame, int answerLength)
    {
        await using var meter = await RawClient.ConnectAsync(server.Address.Port, "/meter");
        var batch = Enumerable.Repeat(frame, InFlight).SelectMany(bytes => bytes).ToArray();
        await PumpAsync(sender, receivers, batch, WarmUp / InFlight, InFlight * answerLength);

        // The median of three: the server's pools still grow by a few blocks now and then.
        var runs = new double[3];
        for (var run = 0; run < runs.Length; run++)
        {
            var before = await ReadAsync(meter);
            await PumpAsync(sender, receivers, batch, Messages / InFlight, InFlight * answerLength);
            runs[run] = (double)(await ReadAsync(meter) - before) / Messages;
        }

        Array.Sort(runs);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {runs[1]:0.000} bytes a message (of {runs[0]:0.000} to {runs[2]:0.000})"));
        return runs[1];
    }

    private static async Task PumpAsync(RawClient sender, RawClient[] receivers, byte[] batch, int rounds, int answerLength)
    {
        for (var round = 0; round < rounds; round++)
        {
            await sender.SendRawAsync(batch);
            foreach (var receiver in receivers) await receiver.SkipAsync(answerLength);
        }
    }

    private static async Task<long> ReadAsync(RawClient meter)
    {
        await meter.SendAsync("read");
        return long.Parse(await meter.ReceiveTextAsync(), CultureInfo.InvariantCulture);
    }

    private static Task<ServerProcess> StartAsync()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Peer.TestServer/bin/Release", framework, "Peer.TestServer.dll"));
        return ServerProcess.StartAsync("dotnet", arguments: program);
    }
}
