using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Finds hooks that would take the same thing, of which only one could.</summary>
internal sealed class HookRivals(INamedTypeSymbol handler, Problems problems)
{
    private readonly Dictionary<string, (IMethodSymbol Method, HookModel Hook)> _taken = new(StringComparer.Ordinal);

    public void Check(IMethodSymbol method, HookModel hook)
    {
        foreach (var what in Claims(hook))
        {
            if (!_taken.TryGetValue(what, out var other)) _taken.Add(what, (method, hook));
            else if (hook.Message?.Type == other.Hook.Message?.Type) Report(Rules.CompetingHooks, method, other.Method, what);
            else Report(Rules.MessagesOfOneName, method, other.Method, hook.Message!.Name);
        }
    }

    private void Report(DiagnosticDescriptor rule, IMethodSymbol method, IMethodSymbol other, string what)
    {
        var isInherited = !SymbolEqualityComparer.Default.Equals(method.ContainingType, handler);
        var isReportedByBase = isInherited && SymbolEqualityComparer.Default.Equals(method.ContainingType, other.ContainingType);
        if (isReportedByBase) problems.AddReported();
        else problems.Add(rule, isInherited ? handler : method, method.HookName(), what, other.HookName());
    }

    private static IEnumerable<string> Claims(HookModel hook)
    {
        if (hook.Kind != HookKind.Message) return [$"[On{hook.Kind}]"];
        if (hook.Message is { IsUnion: true } union) return [$"the messages of '{union.Type.Replace("global::", "")}'"];
        if (hook.Message is { } message) return [$"the message '{message.Name}'"];

        // A hook for raw messages of either kind gives way to one for just this kind.
        return hook.Takes switch
        {
            MessageKinds.Text => ["raw text"],
            MessageKinds.Binary => ["binary messages"],
            _ => ["raw messages of either kind"],
        };
    }
}
