using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>What is wrong with one hook, each underlined where it stands.</summary>
/// <remarks>A base class answers for its own hooks; a handler that inherits them only for what is wrong in it alone.</remarks>
internal sealed class HookProblems(IMethodSymbol method, INamedTypeSymbol handler, Problems problems)
{
    private readonly bool _isInherited = !SymbolEqualityComparer.Default.Equals(method.ContainingType, handler);

    public bool Any { get; private set; }

    public void Signature(string fact, string remedy) => Add(Rules.HookSignature, method, method.HookName(), fact, remedy);

    public void Parameter(IParameterSymbol parameter, string fact, string remedy) =>
        Add(Rules.HookSignature, parameter, method.HookName(), $"takes '{parameter.Type.Short()} {parameter.Name}', {fact}", remedy);

    public void Payload(IParameterSymbol parameter) => Add(Rules.UnreadablePayload, parameter, method.HookName(), parameter.Type.Short(), PayloadRemedy(parameter.Type));

    public void Reply(ITypeSymbol value) => Add(Rules.ReplyNotMessage, method, method.HookName(), value.Short(), MessageRemedy.Of(value, "return"));

    public void UnmarkedService(IParameterSymbol parameter, HookKind hook) =>
        Add(Rules.UnmarkedService, parameter, method.HookName(), parameter.Type.Short(), parameter.Name, $"On{hook}");

    public void UnmarkedRouteValue(IParameterSymbol parameter, HookKind hook, Route route) =>
        AddHere(Rules.UnmarkedRouteValue, parameter, method.HookName(), parameter.Type.Short(), parameter.Name, $"On{hook}", route.Pattern);

    public void RouteValueConversion(IParameterSymbol parameter, string value) =>
        Add(Rules.RouteValueConversion, parameter, method.HookName(), value, parameter.Type.Short());

    public void RouteValue(IParameterSymbol parameter, string value, Route route) =>
        AddHere(Rules.UnknownRouteValue, parameter, method.HookName(), value, route.Pattern);

    public void Hidden(string why) =>
        AddHere(Rules.HookSignature, method, method.HookName(), $"{why}, so that a class derived from its own cannot call it", "Make it protected");

    public void AsyncVoid() => Add(Rules.AsyncVoidHook, method, method.HookName());

    public void StreamNotStatic() => Add(Rules.StreamHookNotStatic, method, method.HookName());

    public void StreamNotCancellable()
    {
        if (!_isInherited) problems.Warn(Rules.StreamHookNotCancellable, method, method.HookName());
    }

    public void Authorize(AttributeData attribute) =>
        Add(Rules.AuthorizeOnHook, method, method.HookName(), attribute.AttributeClass!.Name.Replace("Attribute", ""), handler.Name);

    /// <summary>Whether the parameter has an attribute that is not imported.</summary>
    public bool IsNotImported(IParameterSymbol parameter)
    {
        var isMissing = ImportCheck.IsMissing(parameter, method.HookName(), _isInherited ? new() : problems);
        if (isMissing) AddReported();
        return isMissing;
    }

    public void AddReported()
    {
        Any = true;
        problems.AddReported();
    }

    private static string PayloadRemedy(ITypeSymbol type) =>
        MessageRemedy.CanBeMarked(type) ? MessageRemedy.Of(type, "take") : "Take a [Message] type, string, or ReadOnlySpan<byte>";

    private void Add(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments)
    {
        if (_isInherited) AddReported();
        else AddHere(rule, symbol, arguments);
    }

    private void AddHere(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments)
    {
        Any = true;
        problems.Add(rule, _isInherited ? handler : symbol, arguments);
    }
}
