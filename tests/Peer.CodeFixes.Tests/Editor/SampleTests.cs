using Microsoft.CodeAnalysis;

namespace Peers.Tests.Editing;

/// <summary>What is held up as an example has nothing to report, hints included.</summary>
public sealed class SampleTests
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    public static TheoryData<string> Samples { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "samples")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Samples))]
    public async Task A_sample_has_nothing_to_report(string sample)
    {
        var project = OneFile.Project(Usings, "Usings.cs");
        project = project.WithCompilationOptions(project.CompilationOptions!.WithOutputKind(OutputKind.ConsoleApplication));
        foreach (var path in Sources(Path.Combine(Repository.Root, "samples", sample)))
        {
            project = project.AddDocument(Path.GetFileName(path), await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), filePath: path).Project;
        }

        Assert.Empty((await Editor.CompileAsync(project)).Select(d => d.ToString()));
        Assert.Empty((await Editor.Own.DiagnoseAsync(project)).Select(d => d.ToString()));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));
}
