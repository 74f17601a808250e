using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peers.Tests.Analyzers;

/// <summary>The converter without a type argument, which the docs recommended, gives a warning of the AOT compiler that names neither message nor remedy.</summary>
public sealed class EnumConverterTests
{
    private const string Source = """
        using System.Text.Json.Serialization;
        [JsonConverter(typeof(JsonStringEnumConverter))] public enum Color { Red }
        [Message] public sealed partial record Painted(Color Color);
        [Message] public sealed partial record Repainted(Color? Color, List<Color> Others);
        """;

    [Fact]
    public Task It_is_reported_once_whatever_has_it() => Generated.Flags(
        Source,
        "PEER037 'JsonConverter(typeof(JsonStringEnumConverter))': 'Color' has the converter 'JsonStringEnumConverter', which Native AOT cannot compile. Use 'JsonStringEnumConverter<Color>'.");

    [Theory]
    [InlineData("[JsonConverter(typeof(JsonStringEnumConverter<Color>))] public enum Color { Red } [Message] public sealed partial record Painted(Color Color);")]
    [InlineData("[JsonConverter(typeof(JsonStringEnumConverter))] public enum Color { Red }")]
    public Task What_compiles_or_is_in_no_message_is_not(string source) => Generated.Flags("using System.Text.Json.Serialization; " + source);

    [Theory]
    [InlineData("true", DiagnosticSeverity.Warning)]
    [InlineData("false", DiagnosticSeverity.Info)]
    [InlineData("", DiagnosticSeverity.Info)]
    public async Task It_is_a_warning_where_the_project_is_analyzed_for_Native_AOT(string isAnalyzed, DiagnosticSeverity severity)
    {
        var compilation = Generated.From(Source).Compilation.WithAnalyzers(AllRules.Analyzers, new AnalyzerOptions([], new Properties(isAnalyzed)));
        Assert.Equal(severity, Assert.Single(await compilation.GetAnalyzerDiagnosticsAsync()).Severity);
    }

    // What a project's properties are to an analyzer.
    private sealed class Properties(string isAnalyzed) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(isAnalyzed);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Options(string isAnalyzed) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
        {
            value = key == "build_property.EnableAotAnalyzer" && isAnalyzed.Length > 0 ? isAnalyzed : null;
            return value is not null;
        }
    }
}
