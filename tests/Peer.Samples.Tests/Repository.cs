namespace Peers.Tests;

/// <summary>Where things lie in the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A sample's Native AOT binary. Where it is missing the test fails: it is what is tested.</summary>
    public static string Published(string sample)
    {
        var file = Path.Combine(Root, "artifacts", "publish", sample, sample);
        Assert.True(File.Exists(file), $"{file} is missing: run ./build.sh publish");
        return file;
    }

    /// <summary>A sample as <c>dotnet run</c> has it, built as these tests are.</summary>
    public static string Built(string sample)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Root, "samples", sample, "bin", output.Parent!.Name, output.Name, $"{sample}.dll");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Peer.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not lie in the repository.");
    }
}
