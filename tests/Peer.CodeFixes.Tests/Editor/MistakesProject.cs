using System.Diagnostics;
using Peers.CodeFixes;
using Peers.Generators;

namespace Peers.Tests.Editing;

/// <summary>A project on disk with mistakes, outside this repository and its settings.</summary>
internal sealed class MistakesProject : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("peer-mistakes-");

    private MistakesProject(IEnumerable<MistakeFile> files)
    {
        File.WriteAllText(Path, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <Reference Include="{typeof(Peer).Assembly.Location}" />
                <Reference Include="{typeof(PeerEndpointRouteBuilderExtensions).Assembly.Location}" />
                <Analyzer Include="{typeof(PeerGenerator).Assembly.Location}" />
                <Analyzer Include="{typeof(PeerCodeFix).Assembly.Location}" />
              </ItemGroup>
            </Project>
            """);
        foreach (var file in files) File.WriteAllText(FileOf(file), file.Text);
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, "Mistakes.csproj");

    public static async Task<MistakesProject> CreateAsync(params IEnumerable<MistakeFile> files)
    {
        var project = new MistakesProject(files);
        await project.DotnetAsync("restore");
        return project;
    }

    public string FileOf(MistakeFile file) => System.IO.Path.Combine(_folder.FullName, file.Name);

    /// <summary>Runs a command of the SDK on the project.</summary>
    public async Task DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(5));
        try
        {
            var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            await process.WaitForExitAsync(timeout.Token);
            Assert.True(process.ExitCode == 0, string.Concat(output));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
