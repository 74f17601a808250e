using Microsoft.Extensions.DependencyInjection;

namespace Peers;

/// <summary>The services of one call of a hook. Generated code opens and disposes them.</summary>
/// <remarks>A scope is made only where one of the types asked for is not a singleton; it is disposed when the hook's task has ended.</remarks>
public readonly struct HookServices : IAsyncDisposable
{
    private readonly IServiceProvider _services;
    private readonly IServiceScope? _scope;

    private HookServices(IServiceProvider services, IServiceScope? scope) => (_services, _scope) = (services, scope);

    /// <summary>Opens the services for one call.</summary>
    /// <param name="root">The application's services, not those of a scope.</param>
    /// <param name="types">The service types that will be asked for.</param>
    public static HookServices Open(IServiceProvider root, params ReadOnlySpan<Type> types)
    {
        if (AreSingletons(root, types)) return new(root, null);

        var scope = root.GetRequiredService<IServiceScopeFactory>().CreateScope();
        return new(scope.ServiceProvider, scope);
    }

    /// <summary>A service.</summary>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A service, or null.</summary>
    public T? Find<T>() => _services.GetService<T>();

    /// <summary>A keyed service.</summary>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    public T GetKeyed<T>(object key) where T : notnull => _services.GetRequiredKeyedService<T>(key);

    /// <summary>A keyed service, or null.</summary>
    public T? FindKeyed<T>(object key) => _services.GetKeyedService<T>(key);

    /// <summary>Disposes the scope, if there is one.</summary>
    public ValueTask DisposeAsync()
    {
        if (_scope is IAsyncDisposable scope) return scope.DisposeAsync();

        _scope?.Dispose();
        return default;
    }

    /// <summary>Whether none of the services needs a scope.</summary>
    internal static bool AreSingletons(IServiceProvider root, IReadOnlyList<Type> types) =>
        root.GetService<IPeerServiceLifetimes>() is { } lifetimes && types.All(lifetimes.IsSingleton);

    private static bool AreSingletons(IServiceProvider root, ReadOnlySpan<Type> types)
    {
        if (root.GetService<IPeerServiceLifetimes>() is not { } lifetimes) return false;

        foreach (var type in types)
        {
            if (!lifetimes.IsSingleton(type)) return false;
        }
        return true;
    }
}
