using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Peers.TestKit;

namespace Peers.Soak;

/// <summary>Full speed while others reset, send half a frame, stall and break the protocol: whoever stays gets every message once and in order.</summary>
internal static class Faults
{
    private const int Stayers = 20;
    private const int Speakers = 4;
    private const int Disturbers = 10;

    // A speaker's messages under way, so that whoever reads is never as far behind as MaxBufferedBytes.
    private const int Window = 512;

    private static readonly Func<RawClient, Task>[] s_faults =
    [
        client =>
        {
            client.Reset();
            return Task.CompletedTask;
        },
        client => client.SendRawAsync(RawFrame.Write(RawOpcode.Binary, new byte[1000]).AsMemory(0, 100)),
        client => client.SendRawAsync(new byte[] { 0x81, 0xFF, 0, 0 }),
        client => client.SendFrameAsync((RawOpcode)5, ReadOnlyMemory<byte>.Empty),
        client => client.SendFrameAsync(RawOpcode.Text, new byte[] { 0xFF }),
        client => client.SendCloseAsync(1001),
        StallAsync,
    ];

    public static async Task RunAsync(Ledger ledger, TimeSpan duration)
    {
        await using var server = await SoakServer.StartAsync(static options => options.CloseTimeout = TimeSpan.FromSeconds(1));
        var stayers = new List<Stayer>();
        for (var i = 0; i < Stayers; i++) stayers.Add(await Stayer.JoinAsync(server.Port));
        var reading = stayers.ConvertAll(stayer => Task.Run(stayer.ReadAsync));
        using var end = new CancellationTokenSource();
        var faults = Enumerable.Range(0, Disturbers).Select(number => Task.Run(() => DisturbAsync(server.Port, number, end.Token))).ToArray();
        var said = await Task.WhenAll(Enumerable.Range(0, Speakers).Select(speaker => Task.Run(() => stayers[speaker].SpeakAsync(speaker, stayers, duration))));
        await end.CancelAsync();
        var injected = (await Task.WhenAll(faults)).Sum();

        await SoakServer.UntilAsync(() => stayers.TrueForAll(stayer => stayer.HasHeard(said)));
        var delivered = stayers.Sum(stayer => stayer.Heard);
        Console.WriteLine($"faults: {said.Sum():N0} messages accepted, {delivered:N0} delivered to {Stayers} peers that stayed in {duration.TotalSeconds:N0} s, beside {injected:N0} peers that did not");
        ledger.AddMessages(delivered);
        ledger.AddConnections(Stayers + injected);
        ledger.Require(server.Tally.Accepted == said.Sum(), $"{said.Sum():N0} messages were sent and {server.Tally.Accepted:N0} reached their hook");
        ledger.Require(stayers.TrueForAll(stayer => stayer.HasHeard(said)), "a peer that stayed did not get every message");
        foreach (var (stayer, task) in stayers.Zip(reading)) ledger.Require(!task.IsFaulted, $"{stayer}: {task.Exception?.InnerException?.Message}");

        foreach (var stayer in stayers) stayer.Dispose();
        ledger.Require(await SoakServer.UntilAsync(() => server.Host.PeerCount == 0), $"{server.Host.PeerCount} peers remain");
        ledger.Require(server.Host.Count("ticker") == 0, "peers remain in the channel");
    }

    private static async Task<long> DisturbAsync(int port, int number, CancellationToken end)
    {
        var injected = 0L;
        for (var i = number; !end.IsCancellationRequested; i++)
        {
            await using var client = await RawClient.ConnectAsync(port, "/ticker");
            try
            {
                await client.ReceiveFrameAsync();
                await s_faults[i % s_faults.Length](client);
            }
            catch (IOException)
            {
                // The server was quicker.
            }

            injected++;
        }

        return injected;
    }

    // Longer than what is sent takes to fill every buffer on the way, at full speed; or a moment, when nobody speaks any more.
    private static Task StallAsync(RawClient client) => Task.Delay(TimeSpan.FromSeconds(2));

    private sealed class Stayer : IDisposable
    {
        private readonly Lock _sending = new();
        private readonly Socket _socket;
        private readonly NetworkStream _stream;
        private readonly long[] _heard = new long[Speakers];

        private Stayer(Socket socket) => (_socket, _stream) = (socket, new NetworkStream(socket, ownsSocket: true));

        public long Heard => _heard.Sum();

        public bool HasHeard(long[] said) => _heard.AsSpan().SequenceEqual(said);

        public static async Task<Stayer> JoinAsync(int port)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var stayer = new Stayer(socket);
            await stayer._stream.WriteAsync(Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/ticker")));
            var one = new byte[1];
            for (var ends = 0; ends < 4; ends = one[0] is (byte)'\r' or (byte)'\n' ? ends + 1 : 0) await stayer._stream.ReadExactlyAsync(one);
            return stayer;
        }

        /// <summary>Checks what comes: of each speaker the next number and no other.</summary>
        public async Task ReadAsync()
        {
            var reader = new FrameReader(_stream);
            var hello = await reader.ReadAsync();
            if (!hello.Payload.Span.SequenceEqual("ready"u8)) throw new InvalidDataException("The first message is not the first.");
            while (true)
            {
                var (opcode, payload) = await reader.ReadAsync();
                if (opcode == (int)RawOpcode.Ping)
                {
                    // Who only listens is asked now and then whether it is there.
                    Send(RawFrame.Write(RawOpcode.Pong, payload.Span));
                    continue;
                }

                if (opcode != (int)RawOpcode.Binary) throw new InvalidDataException($"A frame with opcode {opcode} came.");
                var (speaker, number) = (BinaryPrimitives.ReadInt32BigEndian(payload.Span), BinaryPrimitives.ReadInt64BigEndian(payload.Span[4..]));
                if (number != _heard[speaker]) throw new InvalidDataException($"Of speaker {speaker}, {number} came instead of {_heard[speaker]}.");
                Volatile.Write(ref _heard[speaker], number + 1);
            }
        }

        /// <summary>Speaks for so long, as fast as the slowest of those who stay listens.</summary>
        public async Task<long> SpeakAsync(int speaker, List<Stayer> stayers, TimeSpan duration)
        {
            var said = 0L;
            for (var spoken = Stopwatch.StartNew(); spoken.Elapsed < duration;)
            {
                Send(Say(speaker, said));
                said += Window / 2;
                if (!await WhenAtMostBehindAsync(stayers, speaker, said - (Window / 2))) break;
            }

            return said;
        }

        public void Dispose() => _stream.Dispose();

        public override string ToString() => $"peer at {_socket.LocalEndPoint}";

        private void Send(byte[] bytes)
        {
            lock (_sending) _socket.Send(bytes);
        }

        private static byte[] Say(int speaker, long from)
        {
            var bytes = new MemoryStream();
            Span<byte> message = stackalloc byte[12];
            BinaryPrimitives.WriteInt32BigEndian(message, speaker);
            for (var number = from; number < from + (Window / 2); number++)
            {
                BinaryPrimitives.WriteInt64BigEndian(message[4..], number);
                bytes.Write(RawFrame.Write(RawOpcode.Binary, message));
            }

            return bytes.ToArray();
        }

        private static async Task<bool> WhenAtMostBehindAsync(List<Stayer> stayers, int speaker, long heard)
        {
            for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(20); await Task.Yield())
            {
                if (stayers.TrueForAll(stayer => Volatile.Read(ref stayer._heard[speaker]) >= heard)) return true;
            }

            return false;
        }
    }
}
