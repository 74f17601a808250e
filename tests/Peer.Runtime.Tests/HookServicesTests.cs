using Microsoft.Extensions.DependencyInjection;

namespace Peers.Tests;

public sealed class HookServicesTests
{
    [Fact]
    public async Task Singletons_need_no_scope()
    {
        await using var root = Build(services => services.AddSingleton<Store>());
        await using var call = HookServices.Open(root, typeof(Store));

        Assert.Same(root.GetRequiredService<Store>(), call.Get<Store>());
        await call.DisposeAsync();
        Assert.False(root.GetRequiredService<Store>().IsDisposed);
    }

    [Fact]
    public async Task A_scoped_service_lives_for_the_call()
    {
        await using var root = Build(services => services.AddScoped<Store>());

        var call = HookServices.Open(root, typeof(Store));
        var store = call.Get<Store>();
        Assert.Same(store, call.Get<Store>());
        Assert.False(store.IsDisposed);

        await call.DisposeAsync();
        Assert.True(store.IsDisposed);
    }

    [Fact]
    public async Task One_scoped_service_among_singletons_makes_a_scope()
    {
        await using var root = Build(services => services.AddSingleton<object>().AddScoped<Store>());
        await using var call = HookServices.Open(root, typeof(object), typeof(Store));

        Assert.NotNull(call.Get<Store>());
    }

    [Fact]
    public async Task An_open_generic_singleton_needs_no_scope()
    {
        await using var root = Build(services => services.AddSingleton(typeof(List<>)));
        Assert.True(root.GetRequiredService<IPeerServiceLifetimes>().IsSingleton(typeof(List<int>)));
    }

    [Fact]
    public async Task What_is_not_registered_may_need_a_scope()
    {
        await using var root = Build(services => services.AddScoped<Store>());
        await using var call = HookServices.Open(root, typeof(IEnumerable<Store>));

        Assert.Single(call.Get<IEnumerable<Store>>());
        Assert.Null(call.Find<string>());
        Assert.Throws<InvalidOperationException>(() => call.Get<string>());
    }

    [Fact]
    public async Task A_keyed_service_is_found_by_its_key()
    {
        await using var root = Build(services => services.AddKeyedScoped<Store>("a"));
        await using var call = HookServices.Open(root, typeof(Store));

        Assert.NotNull(call.GetKeyed<Store>("a"));
        Assert.Null(call.FindKeyed<Store>("b"));
    }

    [Fact]
    public async Task Without_lifetimes_every_call_gets_a_scope()
    {
        await using var root = new ServiceCollection().AddScoped<Store>().BuildServiceProvider(validateScopes: true);
        await using var call = HookServices.Open(root, typeof(Store));

        Assert.NotNull(call.Get<Store>());
    }

    // Scopes are validated, so that a scoped service from the root would throw.
    private static ServiceProvider Build(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IPeerServiceLifetimes>(new PeerServiceLifetimes(services));
        add(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private sealed class Store : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }
}
