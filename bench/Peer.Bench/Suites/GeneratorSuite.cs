using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peers.Bench.Compilers;
using Peers.Bench.Report;
using Peers.Generators;

namespace Peers.Bench.Suites;

/// <summary>What the generator takes of the compiler's time in a project of 200 handlers and 1,000 messages.</summary>
/// <remarks>Every run is given a compilation of its own, so that no run finds what another has already looked up. Processor time; the compiler is warm.</remarks>
internal sealed class GeneratorSuite : ISuite
{
    private const int Rounds = 41;
    private const int FewRounds = 11;
    private const int WarmRounds = 5;

    public string Run(Settings settings, Figures figures)
    {
        var project = new LargeProject();
        ThrowUnlessGenerated(Driver(new PeerGenerator()).RunGenerators(project.Fresh()).GetRunResult());

        // A driver each, so that each goes from one edit to the next of its kind, as an editor does.
        var (pressed, empty, declared, changed) = (Started(new PeerGenerator()), Started(new EmptyPipeline()), Started(new PeerGenerator()), Started(new PeerGenerator()));
        List<double> cold = [], keystroke = [], floor = [], declaration = [], change = [];
        for (var i = 0; i < WarmRounds + (settings.IsQuick ? FewRounds : Rounds); i++)
        {
            if (i == WarmRounds) foreach (var times in new[] { cold, keystroke, floor, declaration, change }) times.Clear();
            GeneratorDriver first = Driver(new PeerGenerator());
            cold.Add(Time(ref first, project.Fresh()));
            keystroke.Add(Time(ref pressed, project.AfterKeystroke()));
            floor.Add(Time(ref empty, project.AfterKeystroke()));
            declaration.Add(Time(ref declared, project.AfterDeclaration()));
            change.Add(Time(ref changed, project.AfterChange()));
        }

        var versusFloor = keystroke.Zip(floor, (our, least) => our / least).Median();
        figures.Add("generator.cold.ms", cold.Median(), "ms");
        figures.Add("generator.keystroke.ms", keystroke.Median(), "ms");
        figures.Ratio("generator.keystroke.vs-floor", versusFloor);
        figures.Add("generator.declaration.ms", declaration.Median(), "ms");
        figures.Add("generator.change.ms", change.Median(), "ms");

        var table = new Table($"{LargeProject.Handlers} handlers and {LargeProject.Handlers * LargeProject.MessagesOfHandler:N0} messages", "run", "ms", "of the floor");
        table.Add("first, nothing cached", Table.Number(cold.Median(), 1), "");
        table.Add("a key pressed in a body elsewhere", Table.Number(keystroke.Median(), 1), Table.Number(versusFloor, 2));
        table.Add("the same, with transforms that do nothing: the floor", Table.Number(floor.Median(), 1), "1.00");
        table.Add("a method renamed elsewhere: every model is made again", Table.Number(declaration.Median(), 1), "");
        table.Add("a member of one message renamed", Table.Number(change.Median(), 1), "");
        Console.WriteLine(table);
        return table.ToString();

        GeneratorDriver Started(IIncrementalGenerator generator) => Driver(generator).RunGenerators(project.Fresh());
    }

    private static CSharpGeneratorDriver Driver(IIncrementalGenerator generator) =>
        CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: new(LanguageVersion.CSharp14));

    private static double Time(ref GeneratorDriver driver, CSharpCompilation compilation)
    {
        // What the last run left behind is not this one's.
        GC.Collect();
        var before = Environment.CpuUsage.TotalTime;
        driver = driver.RunGenerators(compilation);
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    // A pipeline that fails is quick.
    private static void ThrowUnlessGenerated(GeneratorDriverRunResult result)
    {
        var expected = LargeProject.Handlers * (1 + LargeProject.MessagesOfHandler);
        if (result.GeneratedTrees.Length != expected || !result.Diagnostics.IsEmpty)
            throw new InvalidOperationException($"{result.GeneratedTrees.Length} files were generated and not {expected}: {string.Join('\n', result.Diagnostics)}");
    }
}
