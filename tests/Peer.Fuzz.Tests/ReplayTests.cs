using System.Runtime.CompilerServices;
using Peers.Fuzzing;

namespace Peers.Tests;

/// <summary>All inputs that fuzzing kept, the findings among them, hold what the targets claim.</summary>
public sealed class ReplayTests
{
    public static TheoryData<string> Names => [.. Targets.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_input_that_was_kept_passes(string target)
    {
        var files = Replay.FilesOf(target, Path.Combine(Root(), "..", "Peer.Fuzz")).ToArray();
        Assert.NotEmpty(files);

        Assert.Equal(0, Replay.Run(Targets.Find(target)!, files));
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
