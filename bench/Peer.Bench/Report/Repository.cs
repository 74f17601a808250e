namespace Peers.Bench.Report;

/// <summary>Where things lie in the repository; <c>dotnet run</c> starts a web project in the project's own folder.</summary>
internal static class Repository
{
    public static string PathOf(params string[] parts) => Path.Combine([Root(), .. parts]);

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Peer.sln"))) return folder.FullName;
        }

        return Directory.GetCurrentDirectory();
    }
}
