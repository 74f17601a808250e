using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Peers.TestKit;

/// <summary>A message broker as a process of its own, on a port of the loopback that it keeps when it is started again. Disposing leaves neither process nor file.</summary>
/// <remarks>Not safe from several threads.</remarks>
public abstract class BrokerServer : IAsyncDisposable
{
    // Below what Linux gives to clients (32768 and up): while the broker is away, a client that dials a port of that range again and again
    // can be given the very port as its own, connect to itself, and keep the broker from coming back.
    private const int LowestPort = 20_000;
    private const int HighestPort = 32_000;
    private const int Attempts = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly string _program;
    private Process? _process;
    private ProcessOutput _output = new(s_patience);

    private protected BrokerServer(string program) => _program = program;

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Its process's id.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public int Id => Running.Id;

    /// <summary>What it has written since it was started last.</summary>
    public string Output => _output.ToString();

    private Process Running => _process ?? throw new InvalidOperationException($"{_program} does not run.");

    /// <summary>Kills it, as a lost machine would: nobody is told, and connections break.</summary>
    public async Task KillAsync()
    {
        using var process = Running;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(s_patience);
    }

    /// <summary>Starts it again on the port it had, killing it first where it runs. Returns when it answers.</summary>
    public async Task RestartAsync()
    {
        if (_process is not null) await KillAsync();
        await StartAsync(Port);
    }

    /// <summary>Halts it where it is: its connections stay, and nothing is answered any more.</summary>
    public void Pause() => Signals.Freeze(Running);

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signals.Thaw(Running);

    /// <summary>Kills it where it runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What it writes when it listens.</summary>
    private protected abstract string ReadyLine { get; }

    /// <summary>What makes it listen on that port of 127.0.0.1, and write no file.</summary>
    private protected abstract IEnumerable<string> Arguments(int port);

    /// <summary>Makes sure on a new connection that it answers in its protocol.</summary>
    private protected abstract Task AskAsync(NetworkStream stream, CancellationToken cancellation);

    /// <summary>Starts it on a port that is free, and returns when it answers.</summary>
    private protected async Task BringUpAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await StartAsync(FreePort());
                return;
            }
            catch (InvalidOperationException) when (attempt < Attempts && Output.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                // Somebody else took the port in between.
            }
        }
    }

    /// <summary>Reads what a server says, up to the end of a line.</summary>
    private protected static async Task<string> ReadLineAsync(NetworkStream stream, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadLineAsync(cancellation) ?? "";
    }

    private async Task StartAsync(int port)
    {
        var output = _output = new(s_patience);
        var process = _process = new Process
        {
            StartInfo = new(Find(_program), Arguments(port)) { RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        try
        {
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await IsReadyAsync(process, port);
            Port = port;
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or SocketException or IOException or OperationCanceledException or Win32Exception)
        {
            await DisposeAsync();
            throw new InvalidOperationException($"{_program} did not come to listen on port {port}. Its output:\n{Output}", exception);
        }
    }

    private async Task IsReadyAsync(Process process, int port)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var listens = _output.UntilAsync(ReadyLine);
        await Task.WhenAny(listens, process.WaitForExitAsync(patience.Token));
        if (!listens.IsCompleted) throw new InvalidOperationException("It ended.");
        await listens;

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        await using var stream = new NetworkStream(socket);
        await AskAsync(stream, patience.Token);
    }

    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(LowestPort, HighestPort);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }
    }

    // Debian keeps daemons where an ordinary user's PATH may not lead.
    private static string Find(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/local/sbin", "/usr/sbin"];
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"There is no {program} here: ./build.sh test installs it.");
    }
}
