using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Peers.Generators;
using Peers.Tests.Analyzers;

namespace Peers.Tests;

/// <summary>Runs the generator over sources and compiles what comes out, against the runtime and ASP.NET Core.</summary>
internal sealed class Generated
{
    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Peer.Generators", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))];

    // What the generator itself reports, because the compiler reports it too.
    private static readonly string[] s_early = ["PEER001", "PEER002", "PEER005", "PEER007", "PEER034", "PEER035"];

    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Peers;
        """;

    private Generated(Compilation compilation, GeneratorDriverRunResult result) => (Compilation, Result) = (compilation, result);

    /// <summary>The sources together with what was generated.</summary>
    public Compilation Compilation { get; }

    public GeneratorDriverRunResult Result { get; }

    /// <summary>The generated files whose hint names are wanted, in the order of these names, each under its name where there are several.</summary>
    public string Text(Func<string, bool>? isWanted = null)
    {
        var files = Result.Results[0].GeneratedSources
            .Where(f => !f.HintName.StartsWith("Microsoft.", StringComparison.Ordinal))
            .Where(f => isWanted?.Invoke(f.HintName) ?? true)
            .OrderBy(f => f.HintName, StringComparer.Ordinal)
            .ToArray();
        return files.Length == 1
            ? files[0].SourceText.ToString()
            : string.Join("\n", files.Select(f => $"// ---- {f.HintName}\n{f.SourceText}"));
    }

    /// <summary>What the compiler says about sources and generated code: warnings and errors.</summary>
    public IReadOnlyList<string> Problems => ProblemsOf(Compilation);

    /// <summary>What the compiler says about the sources, as <c>CS0246 'what is underlined'</c>, in source order.</summary>
    public IReadOnlyList<string> Errors =>
        [.. Compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed).OrderBy(d => d.Location.SourceSpan.Start)
            .Select(d => $"{d.Id} '{d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)}'")];

    private static IReadOnlyList<string> ProblemsOf(Compilation compilation) =>
        [.. compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed).Select(d => d.ToString())];

    /// <summary>Calls the method <c>string Program.Run()</c> of the source.</summary>
    public static string Run(string source)
    {
        var generated = From(source);
        generated.AssertNoProblems();
        using var image = new MemoryStream();
        Assert.Empty(generated.Compilation.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        return (string)Assembly.Load(image.ToArray()).GetType("Program")!.GetMethod("Run")!.Invoke(null, null)!;
    }

    /// <summary>The projects' own settings for nullable references, and what must be promised in each: that nothing is reported.</summary>
    public static void CompilesWith(NullableContextOptions nullable, string source, params MetadataReference[] references)
    {
        var compilation = Compile(LanguageVersion.CSharp14, ("Source.cs", source));
        compilation = compilation.WithOptions(compilation.Options.WithNullableContextOptions(nullable)).AddReferences(references);
        Driver().RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _, CancellationToken.None);
        Assert.Empty(ProblemsOf(updated));
    }

    /// <summary>The generated text, after a check that everything compiles without a warning in each language version that is promised.</summary>
    /// <param name="source">The source.</param>
    /// <param name="isWanted">Which files are wanted, by their hint names: see <see cref="IsOfHandler"/>.</param>
    public static string Compiled(string source, Func<string, bool>? isWanted = null)
    {
        From(source, LanguageVersion.CSharp13).AssertNoProblems();
        var generated = From(source);
        generated.AssertNoProblems();
        generated.AssertNoHiddenProblems();
        return generated.Text(isWanted);
    }

    /// <summary>Whether a file is that of a handler or of channels.</summary>
    public static bool IsOfHandler(string hintName) => hintName.EndsWith(".Peer.g.cs", StringComparison.Ordinal);

    public void AssertNoProblems() => Assert.True(Problems.Count == 0, $"{string.Join("\n", Problems)}\n\n{Text()}");

    // Generated files switch warnings off, for the sake of what they use. What they are made of gives none by itself.
    private void AssertNoHiddenProblems()
    {
        var strict = Compilation;
        foreach (var tree in Result.GeneratedTrees)
        {
            var text = tree.ToString().Replace(FileHead.Text, "#nullable enable\n#pragma warning disable CS0612, CS0618", StringComparison.Ordinal);
            strict = strict.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text)));
        }
        Assert.Empty(ProblemsOf(strict));
    }

    /// <summary>Asserts what our analyzers and the compiler say about a source: nothing more, nothing less.</summary>
    public static async Task Flags(string source, params string[] expected) => Assert.Equal(expected, await Diagnose(source));

    /// <summary>What the compiler says of a type in the first line that is not partial, where our diagnostic stands too.</summary>
    public static string MissingPartial(int column, string type) =>
        $"Source.cs(1,{column}): error CS0260: Missing partial modifier on declaration of type '{type}'; another partial declaration of this type exists";

    /// <summary>What our analyzers say, as <c>PEER001 'what is underlined': message</c>, in source order, and after it what the compiler says.</summary>
    private static async Task<IReadOnlyList<string>> Diagnose(string source)
    {
        var generated = From(source);
        return [.. await DiagnoseAsync(generated), .. generated.Problems];
    }

    /// <summary>What our analyzers say, in source order.</summary>
    public static async Task<IReadOnlyList<string>> DiagnoseAsync(Generated generated, AnalyzerOptions? options = null)
    {
        var compilation = generated.Compilation.WithAnalyzers(AllRules.Analyzers, options);
        var reported = await compilation.GetAnalyzerDiagnosticsAsync();
        return [.. reported.OrderBy(d => d.Location.SourceSpan.Start).Select(Describe)];
    }

    private static string Describe(Diagnostic diagnostic)
    {
        var underlined = diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);
        return $"{diagnostic.Id} '{underlined}': {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
    }

    /// <summary>As <see cref="From(string, LanguageVersion)"/>, with other assemblies.</summary>
    public static Generated From(string source, params MetadataReference[] references)
    {
        var compilation = Compile(LanguageVersion.CSharp14, ("Source.cs", source)).AddReferences(references);
        var driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _, CancellationToken.None);
        return new(updated, driver.GetRunResult());
    }

    public static Generated From(string source, LanguageVersion version = LanguageVersion.CSharp14)
    {
        var compilation = Compile(version, ("Source.cs", source));
        var driver = Driver(version).RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var problems, CancellationToken.None);
        Assert.All(problems, p => Assert.Contains(p.Id, s_early));
        return new(updated, driver.GetRunResult());
    }

    /// <summary>As <see cref="From(string, LanguageVersion)"/>, in a project without global usings.</summary>
    public static Generated Alone(string source)
    {
        var compilation = Compile(LanguageVersion.CSharp14, ("Source.cs", source));
        var alone = compilation.RemoveSyntaxTrees(compilation.SyntaxTrees[0]);
        var driver = Driver().RunGeneratorsAndUpdateCompilation(alone, out var updated, out _, CancellationToken.None);
        return new(updated, driver.GetRunResult());
    }

    /// <summary>A driver that tracks the steps of the pipeline.</summary>
    public static GeneratorDriver Driver(LanguageVersion version = LanguageVersion.CSharp14, PeerGenerator? generator = null) =>
        CSharpGeneratorDriver.Create(
            [(generator ?? new()).AsSourceGenerator()],
            parseOptions: new(version),
            driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static CSharpCompilation Compile(LanguageVersion version, params (string Path, string Text)[] sources) =>
        CSharpCompilation.Create(
            "Tests",
            [Parse(("Usings.cs", Usings), version), .. sources.Select(source => Parse(source, version))],
            s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse((string Path, string Text) source, LanguageVersion version = LanguageVersion.CSharp14) =>
        CSharpSyntaxTree.ParseText(source.Text, new(version), source.Path);
}
