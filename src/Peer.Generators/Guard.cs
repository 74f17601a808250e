using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Generators;

/// <summary>Keeps an error in the generator from ending all of it: it becomes a diagnostic that names the type, and every other type is
/// generated.</summary>
/// <param name="fault">Called before a type is read or written, with the type's name. Tests throw from it.</param>
internal sealed class Guard(Action<string>? fault = null)
{
    /// <summary>Runs a transform.</summary>
    public Outcome<T>? Parse<T>(GeneratorAttributeSyntaxContext context, Func<GeneratorAttributeSyntaxContext, CancellationToken, T?> parse, CancellationToken cancellation)
        where T : class, IEquatable<T>
    {
        if (OldLanguage(context) is { } old) return new(null, OldLanguage: old);
        if (context.TargetSymbol is { ContainingType.IsImplicitClass: true } stray) return new(null, Outside(stray, context.Attributes[0]));
        return Parse(context.TargetSymbol, context.TargetNode.GetLocation(), () => parse(context, cancellation));
    }

    /// <summary>Makes the model of one symbol.</summary>
    public Outcome<T>? Parse<T>(ISymbol symbol, Location location, Func<T?> parse)
        where T : class, IEquatable<T>
    {
        try
        {
            fault?.Invoke(symbol.Name);
            return parse() is { } model ? new(model) : null;
        }
#pragma warning disable CA1031 // whatever it is, the other types have to be generated
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            var place = symbol.Locations.FirstOrDefault(l => l.IsInSource) ?? location;
            return new(null, EarlyReport.At(Rules.InternalError, place, Describe(symbol.ToDisplayString(), error)));
        }
    }

    /// <summary>Reports what there is to report about a type, and writes its file.</summary>
    public void Write<T>(SourceProductionContext output, Outcome<T> outcome, string kind, Func<T, string> emit)
        where T : class, IGeneratedType, IEquatable<T>
    {
        if (outcome.Failure is { } failure) EarlyReport.Report(output, failure);
        if (outcome.Model is not { } model) return;

        foreach (var diagnostic in model.Diagnostics) EarlyReport.Report(output, diagnostic);
        try
        {
            fault?.Invoke(model.Shell.HintName);
            output.AddSource($"{model.Shell.HintName}.{kind}.g.cs", emit(model));
        }
#pragma warning disable CA1031 // as above
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            EarlyReport.Report(output, EarlyReport.At(Rules.InternalError, Location.None, Describe(model.Shell.FullName.Replace("global::", ""), error)));
        }
    }

    // The compiler's own error (CS0116) keeps the analyzers from being asked.
    private static DiagnosticModel Outside(ISymbol member, AttributeData mark)
    {
        const string Fact = "is outside of a class", Remedy = "Move it into a partial class";
        return EarlyReport.At(mark.Is(KnownNames.Channel) ? Rules.ChannelMember : Rules.HookSignature, member.Locations[0], member.Name, Fact, Remedy);
    }

    /// <summary>Runs an analyzer on one symbol: what fails there, fails in the generator, too, and is said in the same words.</summary>
    public static void Analyze(ISymbol symbol, Action<Diagnostic> report, Action analyze)
    {
        try
        {
            analyze();
        }
#pragma warning disable CA1031 // as above
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            report(Diagnostic.Create(Rules.InternalError, symbol.Locations.FirstOrDefault() ?? Location.None, [.. Describe(symbol.ToDisplayString(), error)]));
        }
    }

    private static string[] Describe(string type, Exception error) => [type, $"{error.GetType().Name}: {error.Message.Replace('\r', ' ').Replace('\n', ' ')}"];

    /// <summary>What is said of a file whose language version does not have what is generated; null where it has.</summary>
    public static DiagnosticModel? OldLanguage(GeneratorAttributeSyntaxContext context)
    {
        if (context.TargetNode.SyntaxTree.Options is not CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp13 and var version }) return null;

        var place = context.TargetSymbol.Locations.FirstOrDefault(l => l.IsInSource) ?? context.TargetNode.GetLocation();
        return EarlyReport.At(Rules.OldLanguage, place, context.TargetSymbol.Name, version.ToDisplayString());
    }
}
