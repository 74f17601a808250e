using Microsoft.Extensions.DependencyInjection;

namespace Peers;

/// <summary>Says which services need no scope. The host registers it; without it every hook that takes services gets a scope.</summary>
public interface IPeerServiceLifetimes
{
    /// <summary>Whether every registration of a service type, keyed ones too, is a singleton. Safe from any thread.</summary>
    bool IsSingleton(Type serviceType);
}

/// <summary>Reads lifetimes from the registrations, at the first question: by then the application has been built.</summary>
/// <param name="services">The application's registrations.</param>
public sealed class PeerServiceLifetimes(IServiceCollection services) : IPeerServiceLifetimes
{
    private readonly Lazy<Dictionary<Type, bool>> _isSingleton = new(() => Read(services));

    /// <inheritdoc/>
    public bool IsSingleton(Type serviceType)
    {
        if (_isSingleton.Value.TryGetValue(serviceType, out var isSingleton)) return isSingleton;

        // ILogger<T> and the like are registered by their open type. What is not registered, such as a sequence, may need a scope.
        return serviceType.IsGenericType && _isSingleton.Value.TryGetValue(serviceType.GetGenericTypeDefinition(), out isSingleton) && isSingleton;
    }

    private static Dictionary<Type, bool> Read(IServiceCollection services)
    {
        var isSingleton = new Dictionary<Type, bool>();
        foreach (var service in services)
        {
            var others = isSingleton.GetValueOrDefault(service.ServiceType, defaultValue: true);
            isSingleton[service.ServiceType] = others && service.Lifetime == ServiceLifetime.Singleton;
        }

        return isSingleton;
    }
}
