using System.Runtime.CompilerServices;

namespace Peers.Tests;

/// <summary>The repository's own files, found from this one.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    public static IEnumerable<SourceFile> Sources(params string[] folders) =>
        folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => new SourceFile(Path.GetRelativePath(Root, path).Replace('\\', '/'), path))
            .Where(file => !file.Name.Contains("/obj/", StringComparison.Ordinal) && !file.Name.Contains("/bin/", StringComparison.Ordinal));

    public static string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    private static string Here([CallerFilePath] string path = "") => path;
}

/// <summary>A source file, by its name from the repository's root.</summary>
internal sealed record SourceFile(string Name, string Path)
{
    /// <summary>The code without comments and strings: what it says, not what it talks about.</summary>
    public string Code => System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(Path), """("(\\.|[^"\\\n])*")|(//[^\n]*)""", " ");

    public override string ToString() => Name;
}
