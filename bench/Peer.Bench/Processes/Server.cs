using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Peers.Bench.Servers;

namespace Peers.Bench.Processes;

/// <summary>A server under test, as a process of its own. Disposing ends it.</summary>
internal sealed class Server : IDisposable
{
    private static readonly Dictionary<string, string> s_inline = new()
    {
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
    };

    private static readonly Dictionary<ServerTransport, string[]> s_switches = new()
    {
        [ServerTransport.Default] = [],
        [ServerTransport.Inline] = ["--inline"],
        [ServerTransport.Loop] = ["--loop"],
    };

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private Server(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>Where it listens, on the loopback.</summary>
    public int Port { get; }

    /// <summary>Starts the server of a contender and returns when it listens.</summary>
    public static Server Start(Contender contender, params string[] more)
    {
        var port = FreePort();
        var process = Start(contender, port.ToString(CultureInfo.InvariantCulture), more);
        if (process.StandardOutput.ReadLine() != ServeCommand.Ready) throw new InvalidOperationException($"The server '{contender.Name}' did not start.");
        return new(process, port);
    }

    private static Process Start(Contender contender, string port, string[] more)
    {
        if (Rivals.CommandOf(contender) is { } rival) return PinnedProcess.Start(Cores.Server, rival.File, [rival.Script, "--port", port]);
        string[] arguments = ["serve", contender.Kind, "--port", port, .. s_switches[contender.Transport], .. more];
        if (contender.IsNative) return PinnedProcess.Start(Cores.Server, Rivals.Native, arguments);
        return PinnedProcess.StartSelf(Cores.Server, arguments, contender.Transport == ServerTransport.Inline ? s_inline : null);
    }

    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_patience)) _process.Kill();
        _process.Dispose();
    }
}
