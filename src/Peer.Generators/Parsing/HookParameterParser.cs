using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads what a hook takes, and says what it cannot.</summary>
internal static class HookParameterParser
{
    public static List<HookParameterModel> Parse(IMethodSymbol method, HookKind hook, Route? route, HookProblems problems)
    {
        var parameters = new List<HookParameterModel>();
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Type.TypeKind == TypeKind.Error) problems.AddReported();
            else if (parameter.RefKind is not (RefKind.None or RefKind.In)) problems.Parameter(parameter, "by reference", "Take it by value");
            else if (Parse(parameter, hook, route, problems) is { } model) parameters.Add(model);
        }
        return parameters;
    }

    private static HookParameterModel? Parse(IParameterSymbol parameter, HookKind hook, Route? route, HookProblems problems)
    {
        if (parameter.HasAttribute(KnownNames.FromRoute)) return RouteValue(parameter, route, problems);
        if (parameter.HasAttribute(KnownNames.FromServices) || parameter.HasAttribute(KnownNames.FromKeyedServices))
        {
            return new(HookParameterKind.Service, TypeNames.Escape(parameter.Name), Service: ServiceParser.Parse(parameter));
        }

        var kind = KindOf(parameter.Type);
        if (kind is { } known && IsTaken(known, hook)) return new(known, TypeNames.Escape(parameter.Name));

        if (hook == HookKind.Message && kind is null) problems.Payload(parameter);
        else problems.Parameter(parameter, $"which [On{hook}] does not give", $"Take {Given(hook)}, or mark a service [FromServices] and a route value [FromRoute]");
        return null;
    }

    private static HookParameterModel? RouteValue(IParameterSymbol parameter, Route? route, HookProblems problems)
    {
        var name = RouteValueParser.Name(parameter);
        if (route is not null && !route.Has(name))
        {
            problems.RouteValue(parameter, name, route);
            return null;
        }
        if (RouteValueParser.Parse(parameter, name, route) is { } value) return new(HookParameterKind.Route, TypeNames.Escape(parameter.Name), Route: value);

        problems.Parameter(parameter, "which cannot be read from a route", "Take string, an enum, or a type that implements IParsable<T>");
        return null;
    }

    private static HookParameterKind? KindOf(ITypeSymbol type) => type.ToDisplayString(TypeNames.Namespace) switch
    {
        "Peers.Peer" => HookParameterKind.Peer,
        "Peers.UpgradeRequest" => HookParameterKind.Request,
        "Microsoft.AspNetCore.Http.HttpContext" => HookParameterKind.HttpContext,
        "System.Threading.CancellationToken" => HookParameterKind.Cancellation,
        "Peers.CloseEvent" => HookParameterKind.CloseEvent,
        "Peers.PeerError" => HookParameterKind.PeerError,
        "Peers.Message" => HookParameterKind.RawMessage,
        "string" => HookParameterKind.Text,
        "System.ReadOnlySpan<byte>" => HookParameterKind.Span,
        "System.ReadOnlyMemory<byte>" => HookParameterKind.Memory,
        "System.Buffers.ReadOnlySequence<byte>" => HookParameterKind.Sequence,
        _ => MessageName.Of(type) is null ? null : HookParameterKind.Message,
    };

    private static bool IsTaken(HookParameterKind kind, HookKind hook) => kind switch
    {
        HookParameterKind.Cancellation => true,
        HookParameterKind.Peer => hook != HookKind.Upgrade,
        HookParameterKind.Request or HookParameterKind.HttpContext => hook == HookKind.Upgrade,
        HookParameterKind.CloseEvent => hook == HookKind.Close,
        HookParameterKind.PeerError => hook == HookKind.Error,
        HookParameterKind.Message or HookParameterKind.Text or HookParameterKind.RawMessage => hook == HookKind.Message,
        _ => hook is HookKind.Message or HookKind.Ping or HookKind.Pong,
    };

    private static string Given(HookKind hook) => hook switch
    {
        HookKind.Upgrade => "UpgradeRequest, HttpContext or CancellationToken",
        HookKind.Message => "Peer, one payload or CancellationToken",
        HookKind.Close => "Peer, CloseEvent or CancellationToken",
        HookKind.Error => "Peer, PeerError or CancellationToken",
        HookKind.Ping or HookKind.Pong => "Peer, ReadOnlyMemory<byte> or CancellationToken",
        _ => "Peer or CancellationToken",
    };
}
