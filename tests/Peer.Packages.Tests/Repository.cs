namespace Peers.Tests;

/// <summary>Where the packages lie.</summary>
internal static class Repository
{
    private static readonly string s_packages = Path.Combine(FindRoot(), "artifacts", "packages");

    /// <summary>The one package of a name. Where it is missing the test fails: it is what is tested.</summary>
    public static string Package(string name)
    {
        var files = Directory.Exists(s_packages) ? Directory.GetFiles(s_packages, $"{name}.*.nupkg") : [];
        Assert.True(files.Length == 1, $"There are {files.Length} packages {name} in {s_packages}, and not one: run ./build.sh pack");
        return files[0];
    }

    /// <summary>The names of all packages.</summary>
    public static IEnumerable<string> Ids => Directory.GetFiles(s_packages, "*.nupkg").Select(file => Path.GetFileNameWithoutExtension(file)[..^(Version.Length + 1)]).Order(StringComparer.Ordinal);

    /// <summary>The version of all of them.</summary>
    public static string Version => Path.GetFileNameWithoutExtension(Package("Peer.Runtime"))["Peer.Runtime.".Length..];

    public static string Packages => s_packages;

    /// <summary>The projects that use them.</summary>
    public static string Consumer => Path.Combine(FindRoot(), "tests", "Peer.Packages.Tests", "Consumer");

    public static bool HasProject(string name) => Directory.Exists(Path.Combine(FindRoot(), "src", name));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Peer.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not lie in the repository.");
    }
}
