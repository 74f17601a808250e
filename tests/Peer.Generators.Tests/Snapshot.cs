using System.Runtime.CompilerServices;

namespace Peers.Tests;

/// <summary>Compares text with Snapshots/NAME.verified.cs beside the test, by Verify's conventions.</summary>
/// <remarks>A difference leaves NAME.received.cs. PEER_ACCEPT_SNAPSHOTS=1 accepts it instead, except under CI.</remarks>
internal static class Snapshot
{
    public static void Matches(string name, string text, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, "Snapshots", name);
        var (verified, received) = (file + ".verified.cs", file + ".received.cs");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(received);
        if (File.Exists(verified) && File.ReadAllText(verified) == text) return;

        var isAccepted = Environment.GetEnvironmentVariable("PEER_ACCEPT_SNAPSHOTS") == "1" && Environment.GetEnvironmentVariable("CI") is null;
        File.WriteAllText(isAccepted ? verified : received, text);
        if (!isAccepted) Assert.Equal(File.Exists(verified) ? File.ReadAllText(verified) : "", text);
    }
}
