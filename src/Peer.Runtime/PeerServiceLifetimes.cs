using System.Collections.Frozen;
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
    private readonly Lazy<FrozenDictionary<Type, bool>> _isSingleton = new(() =>
        services
            .GroupBy(s => s.ServiceType)
            .ToFrozenDictionary(g => g.Key, g => g.All(s => s.Lifetime == ServiceLifetime.Singleton)));

    /// <inheritdoc/>
    public bool IsSingleton(Type serviceType)
    {
        if (_isSingleton.Value.TryGetValue(serviceType, out var isSingleton)) return isSingleton;

        // ILogger<T> and the like are registered by their open type. What is not registered, such as a sequence, may need a scope.
        return serviceType.IsGenericType && _isSingleton.Value.TryGetValue(serviceType.GetGenericTypeDefinition(), out isSingleton) && isSingleton;
    }
}
