using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Peers.TestKit;

/// <summary>A server as a process of its own, tested from outside. Disposing kills it, with whatever it started.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProcessOutput _output = new(s_patience);

    private ServerProcess(Process process) => _process = process;

    /// <summary>Where it listens, as it said itself.</summary>
    public Uri Address => _listening.Task.Result;

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has written so far.</summary>
    public string Output => _output.ToString();

    /// <summary>Starts a program on the loopback and returns when it listens.</summary>
    /// <param name="file">The program.</param>
    /// <param name="port">The port; 0 for one that is free.</param>
    /// <param name="workingDirectory">Where it is started; null for where the tests are.</param>
    /// <param name="arguments">What stands before <c>--urls</c>.</param>
    /// <exception cref="InvalidOperationException">It is not there, it ended, or it did not listen in time. The message holds its output.</exception>
    public static async Task<ServerProcess> StartAsync(string file, int port = 0, string? workingDirectory = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, [.. arguments, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        await server.StartAsync();
        return server;
    }

    /// <summary>Returns when it has written a text, which may have been long ago.</summary>
    public Task HasPrintedAsync(string text) => _output.UntilAsync(text);

    /// <summary>Asks it to stop, as a service manager does, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Terminate(_process);
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    /// <summary>Halts it where it is: its connections stay, and nothing is answered any more.</summary>
    public void Freeze() => Signals.Freeze(_process);

    /// <summary>Lets it go on after <see cref="Freeze"/>.</summary>
    public void Thaw() => Signals.Thaw(_process);

    /// <summary>Kills it, as a lost machine would.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }

        _process.Dispose();
    }

    private async Task StartAsync()
    {
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetCanceled();
        try
        {
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            await _listening.Task.WaitAsync(s_patience);
        }
        catch (Exception exception)
        {
            // Only after its end is all of its output there.
            await DisposeAsync();
            throw new InvalidOperationException($"{_process.StartInfo.FileName} did not come to listen. Its output:\n{Output}", exception);
        }
    }

    private void Read(string? line)
    {
        if (line is null) return;
        _output.Add(line);
        if (ListeningLine().Match(line) is { Success: true } match) _listening.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningLine();
}
