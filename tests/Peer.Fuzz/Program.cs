using System.Globalization;
using Peers.Fuzzing;
using SharpFuzz;

// Peer.Fuzz fuzz TARGET                 under afl-fuzz, with Peer's assemblies instrumented: see build.sh
// Peer.Fuzz replay ROOT                 the corpus and the findings in ROOT, of all targets
// Peer.Fuzz replay TARGET FILE|FOLDER…  inputs of one target
// Peer.Fuzz generator SECONDS [SEED]    random edits of programs; what is found goes to artifacts/fuzz/generator
switch (args)
{
    case ["fuzz", var name] when Targets.Find(name) is { } target:
        Fuzzer.OutOfProcess.Run(stream => target.Run(ReadAll(stream)));
        return 0;

    case ["replay", var root]:
        return Targets.All.Sum(target => Replay.Run(target, Replay.FilesOf(target.Name, root))) == 0 ? 0 : 1;

    case ["replay", var name, .. var paths] when Targets.Find(name) is { } target:
        return Replay.Run(target, paths.SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path) : [path])) == 0 ? 0 : 1;

    case ["generator", var seconds, .. var seed]:
        var fuzz = new GeneratorFuzz(seed.Length > 0 ? int.Parse(seed[0], CultureInfo.InvariantCulture) : Random.Shared.Next(), "artifacts/fuzz/generator");
        await fuzz.RunAsync(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
        Console.WriteLine(fuzz.Figures);
        return fuzz.HasFindings ? 1 : 0;

    default:
        Console.Error.WriteLine($"usage: Peer.Fuzz fuzz TARGET | replay ROOT | replay TARGET FILE|FOLDER… | generator SECONDS [SEED]; targets: {string.Join(' ', Targets.All.Select(target => target.Name))}");
        return 2;
}

static byte[] ReadAll(Stream stream)
{
    using var copy = new MemoryStream();
    stream.CopyTo(copy);
    return copy.ToArray();
}
