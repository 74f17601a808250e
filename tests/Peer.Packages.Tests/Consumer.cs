using System.Diagnostics;

namespace Peers.Tests;

/// <summary>The consuming projects in a folder far from the repository, and a package folder that began empty.</summary>
public sealed class Consumer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("peer-packages-").FullName;

    public Consumer()
    {
        foreach (var file in Directory.GetFiles(Repository.Consumer, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, Path.GetRelativePath(Repository.Consumer, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        // What is not ours may come from what was restored before, so that the tests need no network.
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="peer" value="{Repository.Packages}" /></packageSources>
              <fallbackPackageFolders><add key="restored" value="{RestoredBefore}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Where our packages are restored to, and nothing else was before.</summary>
    public string PackageFolder => Path.Combine(_folder, "packages");

    private static string RestoredBefore =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Directory.CreateDirectory(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")).FullName;

    /// <summary>A file or folder of a project.</summary>
    public string PathOf(params string[] path) => Path.Combine([_folder, .. path]);

    /// <summary>Runs <c>dotnet</c> and returns what it said; no server of it stays behind.</summary>
    public async Task<(int ExitCode, string Output)> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = _folder };
        start.Environment["NUGET_PACKAGES"] = PackageFolder;
        start.Environment["PeerVersion"] = Repository.Version;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, output);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>As <see cref="DotnetAsync"/>; anything but success without a warning fails the test.</summary>
    public async Task<string> SucceedAsync(params string[] arguments)
    {
        var (exitCode, output) = await DotnetAsync(arguments);
        Assert.True(exitCode == 0 && !output.Contains(": warning ", StringComparison.Ordinal), $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
