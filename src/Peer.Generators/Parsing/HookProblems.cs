using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>What is wrong with one hook, each underlined where it stands.</summary>
internal sealed class HookProblems(IMethodSymbol method, Problems problems)
{
    public bool Any { get; private set; }

    public void Signature(string fact, string remedy) => Add(Rules.HookSignature, method, method.HookName(), fact, remedy);

    public void Parameter(IParameterSymbol parameter, string fact, string remedy) =>
        Add(Rules.HookSignature, parameter, method.HookName(), $"takes '{parameter.Type.Short()} {parameter.Name}', {fact}", remedy);

    public void Payload(IParameterSymbol parameter) => Add(Rules.UnreadablePayload, parameter, method.HookName(), parameter.Type.Short());

    public void RouteValue(IParameterSymbol parameter, string value, Route route) =>
        Add(Rules.UnknownRouteValue, parameter, method.HookName(), value, route.Pattern);

    public void AsyncVoid() => Add(Rules.AsyncVoidHook, method, method.HookName());

    public void Authorize(AttributeData attribute, INamedTypeSymbol handler) =>
        Add(Rules.AuthorizeOnHook, method, method.HookName(), attribute.AttributeClass!.Name.Replace("Attribute", ""), handler.Name);

    public void AddReported()
    {
        Any = true;
        problems.AddReported();
    }

    private void Add(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments)
    {
        Any = true;
        problems.Add(rule, symbol, arguments);
    }
}
