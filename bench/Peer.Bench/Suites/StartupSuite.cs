using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>From starting a process to the first 101 that it answers, and what is resident then.</summary>
/// <remarks>The native binary is that of samples/Echo, where <c>./build.sh publish</c> has made it; the others are this program's servers.</remarks>
internal sealed class StartupSuite : ISuite
{
    private const int Starts = 21;
    private const int FewStarts = 5;

    public string Run(Settings settings, Figures figures)
    {
        var programs = Programs();
        var samples = programs.ToDictionary(program => program, _ => new List<(double Milliseconds, double Resident)>());
        for (var i = 0; i < (settings.IsQuick ? FewStarts : Starts) * programs.Count; i++)
        {
            var program = programs[i % programs.Count];
            samples[program].Add(Start(program));
        }

        var table = new Table("From exec to the first 101", "program", "ms", "resident MiB");
        foreach (var (program, starts) in samples)
        {
            var milliseconds = starts.Select(start => start.Milliseconds).Median();
            var resident = starts.Select(start => start.Resident).Median() / 1048576;
            table.Add(program.Name, Table.Number(milliseconds, 1), Table.Number(resident, 1));
            figures.Add($"startup.{program.Id}.ms", milliseconds, "ms");
            figures.Add($"startup.{program.Id}.resident", resident, "MiB");
        }

        Console.WriteLine(table);
        return table.ToString();
    }

    private static List<Startable> Programs()
    {
        var native = Repository.PathOf("artifacts", "publish", "Echo", "Echo");
        List<Startable> programs =
        [
            new("jit", "Peer, JIT", Environment.ProcessPath!, "/echo", port => ["serve", "peer", "--port", port]),
            new("managed", "System.Net.WebSockets, JIT", Environment.ProcessPath!, "/echo", port => ["serve", "managed", "--port", port]),
            new("signalr", "SignalR, JIT", Environment.ProcessPath!, "/echo", port => ["serve", "signalr", "--port", port]),
        ];
        if (File.Exists(native)) programs.Insert(0, new("aot", "Peer, Native AOT (samples/Echo)", native, "/", port => ["--urls", $"http://127.0.0.1:{port}"]));
        else Console.WriteLine("There is no native binary to start: ./build.sh publish makes it.\n");
        return programs;
    }

    private static (double Milliseconds, double Resident) Start(Startable program)
    {
        var port = Server.FreePort();
        var arguments = program.Arguments(port.ToString(CultureInfo.InvariantCulture));
        var started = Stopwatch.GetTimestamp();
        using var process = PinnedProcess.Start(Cores.Server, program.File, arguments);
        try
        {
            using var socket = ConnectAtOnce(port, process);
            Client.Upgrade(socket, program.Path);
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

    private sealed record Startable(string Id, string Name, string File, string Path, Func<string, string[]> Arguments);
}
