using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>What a parser finds wrong. The analyzer prints it; the generator only asks whether there was anything.</summary>
/// <remarks>One parser serves both, so that what is underlined is exactly what is not generated.</remarks>
internal sealed class Problems(Action<Diagnostic>? report = null)
{
    // The namespaces that were reported as missing: one is reported once.
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    public bool Any { get; private set; }

    /// <summary>What the generator reports, too.</summary>
    public EquatableArray<DiagnosticModel> Early { get; private set; }

    public void Add(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments)
    {
        Any = true;
        report?.Invoke(Diagnostic.Create(rule, symbol.Locations.FirstOrDefault() ?? Location.None, arguments));
    }

    /// <summary>Something that works, but perhaps not as it was meant.</summary>
    public void Warn(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments) =>
        report?.Invoke(Diagnostic.Create(rule, symbol.Locations.FirstOrDefault() ?? Location.None, arguments));

    /// <summary>Something that always comes with an error of the compiler's own: see <see cref="EarlyReport"/>.</summary>
    public void AddEarly(DiagnosticDescriptor rule, ISymbol symbol, params string[] arguments)
    {
        if (EarlyReport.At(rule, symbol, arguments) is { } diagnostic) Early = new([.. Early, diagnostic]);
        Add(rule, symbol, arguments);
    }

    /// <summary>An attribute whose namespace is not imported.</summary>
    public void AddNotImported(Location place, string space, string owner, string parameter, string attribute)
    {
        Any = true;
        if (!_missing.Add(space)) return;

        string[] arguments = [owner, parameter, attribute, space];
        Early = new([.. Early, EarlyReport.At(Rules.AttributeNotImported, place, arguments)]);
        report?.Invoke(Diagnostic.Create(Rules.AttributeNotImported, place, [.. arguments]));
    }

    /// <summary>Something that the compiler reports itself, such as a type that does not exist.</summary>
    public void AddReported() => Any = true;
}
