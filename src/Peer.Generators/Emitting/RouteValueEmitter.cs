namespace Peers.Generators;

/// <summary>Writes how a route value is read, and how it is checked before a peer is let in.</summary>
internal static class RouteValueEmitter
{
    /// <summary>The value, from a <paramref name="source"/> that has a <c>Route</c> method.</summary>
    public static string Read(RouteValueModel value, string source)
    {
        var text = $"{source}.Route({TypeNames.Literal(value.Name)})";
        if (value.Type is null) return value.IsOptional ? text : text + "!";

        return $"global::Peers.RouteValue.{Method("Read", value)}<{value.Type}>({text})";
    }

    /// <summary>The statement that rejects a request whose value cannot be read, or null where its route makes sure of the value.</summary>
    public static string? Rejection(RouteValueModel value) =>
        Condition(value) is { } condition
            ? $"if ({condition}) return new(global::Peers.RouteValue.Unreadable({TypeNames.Literal(value.Name)}));"
            : null;

    private static string? Condition(RouteValueModel value)
    {
        var text = $"request.Route({TypeNames.Literal(value.Name)})";
        if (value.Type is not null) return $"!global::Peers.RouteValue.{Method("CanRead", value)}<{value.Type}>({text})";

        return value.IsOptional || value.IsCertain ? null : $"{text} is null";
    }

    private static string Method(string verb, RouteValueModel value) =>
        $"{verb}{(value.IsOptional ? "Optional" : "")}{(value.IsEnum ? "Enum" : "")}";
}
