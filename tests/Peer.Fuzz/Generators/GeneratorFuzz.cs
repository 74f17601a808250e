using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Peers.Generators;

namespace Peers.Fuzzing;

/// <summary>
/// The generator and its analyzers under random edits of valid programs. Neither may crash; what the edited program gets step by step is what a fresh
/// run gives; and where the program has no error of its own, the generated code has none.
/// </summary>
/// <remarks>Not guided by coverage: a step compiles a program, so there are thousands of them and not millions. A seed and a number of edits repeat a run.</remarks>
internal sealed class GeneratorFuzz(int seed, string? folder = null)
{
    // So many edits are made on top of each other before a program starts over.
    private const int MaxEdits = 12;

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Peer.Generators", StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith("Peer.Fuzz", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))];

    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
        [.. typeof(PeerGenerator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(DiagnosticAnalyzer))).Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!)];

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.CSharp14);

    private readonly Random _random = new(seed);
    private int _edits, _crashes, _stale, _uncompilable, _compiled;

    /// <summary>Whether anything was found.</summary>
    public bool HasFindings => _crashes + _stale + _uncompilable > 0;

    /// <summary>The figures, in a line.</summary>
    public string Figures =>
        $"generator: {_edits} edits, {_compiled} of them legal, {_crashes} crashes, {_stale} stale outputs, {_uncompilable} uncompilable outputs (seed {seed})";

    /// <summary>Edits until the time or the number of edits is used up.</summary>
    public async Task RunAsync(TimeSpan time, int maxEdits = int.MaxValue)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time && _edits < maxEdits) await RunProgramAsync(clock, time, maxEdits);
    }

    /// <summary>The errors of the programs that edits begin with: there are none.</summary>
    public static IEnumerable<string> ErrorsBefore()
    {
        foreach (var program in ValidPrograms.All)
        {
            NewDriver().RunGeneratorsAndUpdateCompilation(Compile(program), out var updated, out _);
            foreach (var error in updated.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)) yield return error.ToString();
        }
    }

    private static CSharpCompilation Compile(string[] program)
    {
        var trees = program.Select((text, i) => Parse(text, $"File{i}.cs")).Prepend(Parse(ValidPrograms.Usings, "Usings.cs"));
        return CSharpCompilation.Create("Edited", trees, s_references, new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    private async Task RunProgramAsync(Stopwatch clock, TimeSpan time, int maxEdits)
    {
        var compilation = Compile(ValidPrograms.All[_random.Next(ValidPrograms.All.Count)]);
        var driver = NewDriver().RunGenerators(compilation);
        var edits = new SourceEdits(_random);

        for (var i = 0; i < MaxEdits && clock.Elapsed < time && _edits < maxEdits; i++)
        {
            var before = compilation;
            var old = compilation.SyntaxTrees[_random.Next(1, compilation.SyntaxTrees.Length)];
            compilation = compilation.ReplaceSyntaxTree(old, Parse(edits.Apply(old.ToString()), old.FilePath));
            _edits++;

            // What ends the process leaves the program behind.
            if (folder is not null) Save("current", compilation, "");
            (driver, var isLegal) = await StepAsync(driver, compilation);

            // Most edits break a program, and most of those are taken back, so that legal programs are edited further.
            if (!isLegal && _random.Next(4) > 0) compilation = before;
        }
        if (folder is not null) File.Delete(Path.Combine(folder, "current.cs"));
    }

    private async Task<(GeneratorDriver Driver, bool IsLegal)> StepAsync(GeneratorDriver driver, CSharpCompilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _);
        var result = driver.GetRunResult().Results[0];
        if (result.Exception is { } exception) Found(ref _crashes, "crash", compilation, exception.ToString());
        foreach (var diagnostic in result.Diagnostics.Where(d => d.Id == "PEER033")) Found(ref _crashes, "crash", compilation, diagnostic.ToString());

        var fresh = NewDriver().RunGenerators(compilation).GetRunResult().Results[0];
        if (Describe(fresh) != Describe(result)) Found(ref _stale, "stale", compilation, $"{Describe(fresh)}\n---- and step by step\n{Describe(result)}");

        var isLegal = CheckCompiled(compilation, (CSharpCompilation)updated, result);
        await AnalyzeAsync(compilation, updated);
        return (driver, isLegal);
    }

    // An error of the program's own may leave anything behind in what is generated from it.
    private bool CheckCompiled(CSharpCompilation compilation, CSharpCompilation updated, GeneratorRunResult result)
    {
        var errors = updated.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        var generated = result.GeneratedSources.Select(s => s.SyntaxTree).ToHashSet();
        if (errors.Any(e => e.Location.SourceTree is { } tree && !generated.Contains(tree))) return false;

        if (errors.Length == 0) _compiled++;
        else Found(ref _uncompilable, "uncompilable", compilation, string.Join('\n', errors.Select(e => e.ToString())) + "\n" + string.Join('\n', result.GeneratedSources.Select(s => s.SourceText)));
        return true;
    }

    private async Task AnalyzeAsync(CSharpCompilation compilation, Compilation updated)
    {
        var failures = new List<string>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (exception, analyzer, _) => { lock (failures) failures.Add($"{analyzer.GetType().Name}: {exception}"); }, concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var reported = await updated.WithAnalyzers(s_analyzers, options).GetAnalyzerDiagnosticsAsync();
        failures.AddRange(reported.Where(d => d.Id == "PEER033").Select(d => d.ToString()));
        foreach (var failure in failures) Found(ref _crashes, "crash", compilation, failure);
    }

    private void Found(ref int count, string kind, CSharpCompilation compilation, string what)
    {
        count++;
        Console.WriteLine($"{kind} at edit {_edits}: {what.Split('\n')[0]}");
        Save($"{kind}-{count}", compilation, what);
    }

    private void Save(string name, CSharpCompilation compilation, string what)
    {
        if (folder is null) return;

        Directory.CreateDirectory(folder);
        var sources = string.Join("\n", compilation.SyntaxTrees.Select(t => $"// ---- {t.FilePath}\n{t}"));
        File.WriteAllText(Path.Combine(folder, name + ".cs"), $"{sources}\n/*\n{what}\n*/\n");
    }

    private static string Describe(GeneratorRunResult result) =>
        string.Join('\n', result.GeneratedSources.Select(s => s.HintName + "\n" + s.SourceText).Order(StringComparer.Ordinal).Concat(result.Diagnostics.Select(d => d.ToString()).Order(StringComparer.Ordinal)));

    private static CSharpGeneratorDriver NewDriver() => CSharpGeneratorDriver.Create([new PeerGenerator().AsSourceGenerator()], parseOptions: s_parse);

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, s_parse, path);
}
