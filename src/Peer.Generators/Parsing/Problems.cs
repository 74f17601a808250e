using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>What a parser finds wrong. The analyzer prints it; the generator only asks whether there was anything.</summary>
/// <remarks>One parser serves both, so that what is underlined is exactly what is not generated.</remarks>
internal sealed class Problems(Action<Diagnostic>? report = null)
{
    public bool Any { get; private set; }

    /// <summary>The type that is not partial, if that is what is wrong.</summary>
    public NotPartialModel? NotPartial { get; private set; }

    public void Add(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments)
    {
        Any = true;
        report?.Invoke(Diagnostic.Create(rule, symbol.Locations.FirstOrDefault() ?? Location.None, arguments));
    }

    /// <summary>Something that works, but perhaps not as it was meant.</summary>
    public void Warn(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments) =>
        report?.Invoke(Diagnostic.Create(rule, symbol.Locations.FirstOrDefault() ?? Location.None, arguments));

    public void AddNotPartial(DiagnosticDescriptor rule, INamedTypeSymbol type, params string[] arguments)
    {
        NotPartial = Generators.NotPartial.Of(rule, type, arguments);
        Add(rule, type, arguments);
    }

    /// <summary>Something that the compiler reports itself, such as a type that does not exist.</summary>
    public void AddReported() => Any = true;
}
