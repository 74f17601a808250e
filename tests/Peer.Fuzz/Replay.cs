namespace Peers.Fuzzing;

/// <summary>Runs inputs that were kept.</summary>
internal static class Replay
{
    private static readonly string[] s_kinds = ["corpus", "findings"];

    /// <summary>The kept inputs of a target: its corpus, and what was found by it.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="root">The folder that holds <c>corpus</c> and <c>findings</c>.</param>
    public static IEnumerable<string> FilesOf(string target, string root) =>
        s_kinds
            .Select(kind => Path.Combine(root, kind, target))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder))
            .Order(StringComparer.Ordinal);

    /// <summary>Runs files through a target and prints what fails.</summary>
    /// <returns>How many failed.</returns>
    public static int Run(IFuzzTarget target, IEnumerable<string> files)
    {
        int runs = 0, failures = 0;
        foreach (var file in files)
        {
            runs++;
            try
            {
                target.Run(File.ReadAllBytes(file));
            }
            catch (Exception exception)
            {
                failures++;
                Console.WriteLine($"{target.Name} {file}: {exception}");
            }
        }

        Console.WriteLine($"{target.Name}: {runs} inputs, {failures} failed");
        return failures;
    }
}
