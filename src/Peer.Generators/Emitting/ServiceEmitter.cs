namespace Peers.Generators;

/// <summary>Writes how a service is resolved.</summary>
internal static class ServiceEmitter
{
    /// <summary>From an <c>IServiceProvider</c>.</summary>
    public static string Resolve(ServiceModel service, string provider) => (service.Key, service.IsOptional) switch
    {
        (null, false) => $"{provider}.GetRequiredService<{service.Type}>()",
        (null, true) => $"{provider}.GetService<{service.Type}>()",
        (var key, false) => $"{provider}.GetRequiredKeyedService<{service.Type}>({key})",
        (var key, true) => $"{provider}.GetKeyedService<{service.Type}>({key})",
    };

    /// <summary>From the services of one call of a hook.</summary>
    public static string ResolveInHook(ServiceModel service) => (service.Key, service.IsOptional) switch
    {
        (null, false) => $"services.Get<{service.Type}>()",
        (null, true) => $"services.Find<{service.Type}>()",
        (var key, false) => $"services.GetKeyed<{service.Type}>({key})",
        (var key, true) => $"services.FindKeyed<{service.Type}>({key})",
    };

    /// <summary>The statement that opens the services of one call of a hook.</summary>
    public static string Open(HookModel hook)
    {
        var types = hook.Parameters.Where(p => p.Service is not null).Select(p => $"typeof({p.Service!.Type})").Distinct(StringComparer.Ordinal);
        return $"await using var services = peer.OpenServices({string.Join(", ", types)});";
    }
}
