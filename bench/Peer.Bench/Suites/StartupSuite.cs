using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>From starting a process to the first answer: a 101, or that of an empty application; what is resident then; and how large the native binaries are.</summary>
/// <remarks>The native binaries are those of samples/Echo and bench/Peer.Bench.Empty, which <c>./build.sh bench startup</c> publishes; the others are this program's servers.</remarks>
internal sealed class StartupSuite : ISuite
{
    private const int Starts = 31;
    private const int FewStarts = 7;
    private const double Megabyte = 1_000_000;

    private static readonly Startable s_echo = new("aot", "Peer, Native AOT (samples/Echo)", Binary("Echo"), "/", static port => ["--urls", $"http://127.0.0.1:{port}"]);
    private static readonly Startable s_empty = s_echo with { Id = "empty", Name = "An empty slim application, Native AOT", File = Binary("Empty"), IsHttp = true };

    public string Run(Settings settings, Figures figures)
    {
        var programs = Programs();
        var samples = programs.ToDictionary(program => program, _ => new List<(double Milliseconds, double Resident)>());
        for (var i = 0; i < (settings.IsQuick ? FewStarts : Starts) * programs.Count; i++)
        {
            // Each round begins with another.
            var program = programs[(i + (i / programs.Count)) % programs.Count];
            samples[program].Add(Start(program));
        }

        var table = new Table("From exec to the first answer", "program", "ms", "of an empty application", "resident MiB", "binary MB");
        foreach (var (program, starts) in samples)
        {
            var milliseconds = starts.Select(start => start.Milliseconds).Median();
            var resident = starts.Select(start => start.Resident).Median() / 1048576;
            var ratio = samples.TryGetValue(s_empty, out var empty) ? starts.Zip(empty, (ours, theirs) => ours.Milliseconds / theirs.Milliseconds).Median() : double.NaN;
            table.Add(program.Name, Table.Number(milliseconds, 1), Table.Number(ratio, 2), Table.Number(resident, 1), program.IsNative ? Table.Number(Size(program), 2) : "");
            figures.Add($"startup.{program.Id}.ms", milliseconds, "ms");
            figures.Add($"startup.{program.Id}.resident", resident, "MiB");
            if (program != s_echo || empty is null) continue;
            figures.Ratio("startup.aot.vs-empty", ratio);
            figures.Add("startup.aot.size", Size(s_echo), "MB");
            figures.Add("startup.aot.size.over-empty", Size(s_echo) - Size(s_empty), "MB");
        }

        Console.WriteLine(table);
        return table.ToString();
    }

    private static List<Startable> Programs()
    {
        List<Startable> native = [s_echo, s_empty];
        if (native.RemoveAll(program => !File.Exists(program.File)) > 0) Console.WriteLine("A native binary is missing: ./build.sh bench startup makes them.\n");
        var self = Environment.ProcessPath!;
        return
        [
            .. native,
            new("jit", "Peer, JIT", self, "/echo", static port => ["serve", "peer", "--port", port]),
            new("managed", "System.Net.WebSockets, JIT", self, "/echo", static port => ["serve", "managed", "--port", port]),
            new("signalr", "SignalR, JIT", self, "/echo", static port => ["serve", "signalr", "--port", port]),
        ];
    }

    private static string Binary(string name) => Repository.PathOf("artifacts", "publish", name, name == "Empty" ? "Peer.Bench.Empty" : name);

    private static double Size(Startable program) => new FileInfo(program.File).Length / Megabyte;

    private static (double Milliseconds, double Resident) Start(Startable program)
    {
        var port = Server.FreePort();
        var arguments = program.Arguments(port.ToString(CultureInfo.InvariantCulture));
        var started = Stopwatch.GetTimestamp();
        using var process = PinnedProcess.Start(Cores.Server, program.File, arguments);
        try
        {
            using var socket = ConnectAtOnce(port, process);
            if (program.IsHttp) Client.Get(socket, program.Path);
            else Client.Upgrade(socket, program.Path);
            var elapsed = Stopwatch.GetElapsedTime(started);
            process.Refresh();
            return (elapsed.TotalMilliseconds, process.WorkingSet64);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    // Asks again and again on the other core; a pause would be part of what is measured.
    private static Socket ConnectAtOnce(int port, Process process)
    {
        while (!process.HasExited)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect("127.0.0.1", port);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        throw new InvalidOperationException("The server ended before it listened.");
    }

    private sealed record Startable(string Id, string Name, string File, string Path, Func<string, string[]> Arguments, bool IsHttp = false)
    {
        public bool IsNative => File != Environment.ProcessPath;
    }
}
