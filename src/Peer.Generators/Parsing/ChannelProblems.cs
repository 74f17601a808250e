using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>What is wrong with one channel.</summary>
/// <param name="owner">The member, or the class that names the channel.</param>
/// <param name="problems">Where it is reported.</param>
/// <param name="handler">The handler whose peers join it, if that is why it is looked at. What is in another assembly is reported
/// there.</param>
internal sealed class ChannelProblems(ISymbol owner, Problems problems, INamedTypeSymbol? handler = null)
{
    public bool Any { get; private set; }

    private string Name => owner is INamedTypeSymbol ? owner.Name : $"{owner.ContainingType.Name}.{owner.Name}";

    public void Member(string fact, string remedy) => Add(Rules.ChannelMember, Name, fact, remedy);

    public void Template(string fact, string remedy) => Add(Rules.ChannelTemplate, Name, fact, remedy);

    public void RouteValue(string value, Route route) => Add(Rules.UnknownRouteValue, Name, value, route.Pattern);

    public void RouteValueConversion(IParameterSymbol parameter, string value)
    {
        Any = true;
        problems.Add(Rules.RouteValueConversion, Place(parameter), Name, value, parameter.Type.Short());
    }

    /// <summary>Whether the parameter has an attribute that is not imported.</summary>
    public bool IsNotImported(IParameterSymbol parameter)
    {
        var isMissing = ImportCheck.IsMissing(parameter, Name, problems);
        Any |= isMissing;
        return isMissing;
    }

    public void AddReported()
    {
        Any = true;
        problems.AddReported();
    }

    private void Add(DiagnosticDescriptor rule, params object[] arguments)
    {
        Any = true;
        problems.Add(rule, Place(owner), arguments);
    }

    private ISymbol Place(ISymbol symbol) =>
        handler is null || SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, handler.ContainingAssembly) ? symbol : handler;
}
