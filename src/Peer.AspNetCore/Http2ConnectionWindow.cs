using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Peers;

/// <summary>Makes the window of an HTTP/2 connection large enough for all of its streams, unless the application sets it.</summary>
/// <remarks>
/// A peer whose hook is pending is not read from, so that what its client has sent fills the window of its stream and counts against that of the
/// connection (RFC 9113 §5.2). With Kestrel's defaults two such streams use up the window of the connection, and no other stream can send.
/// </remarks>
internal sealed class Http2ConnectionWindow : IConfigureOptions<KestrelServerOptions>, IPostConfigureOptions<KestrelServerOptions>
{
    // Kestrel announces consumed bytes once they are half of the connection's window: only the other half is sure to be available.
    private const int Halves = 2;

    private static readonly int s_initial = SizeFor(new KestrelServerOptions().Limits.Http2);

    /// <summary>Registers it once, ahead of everything that configures Kestrel, so that the application's own value wins.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (services.Any(static service => service.ImplementationType == typeof(Http2ConnectionWindow))) return;
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, Http2ConnectionWindow>());
        services.AddSingleton<IPostConfigureOptions<KestrelServerOptions>, Http2ConnectionWindow>();
    }

    public void Configure(KestrelServerOptions options) => options.Limits.Http2.InitialConnectionWindowSize = s_initial;

    // The application may have set what the size follows from.
    public void PostConfigure(string? name, KestrelServerOptions options)
    {
        var limits = options.Limits.Http2;
        if (limits.InitialConnectionWindowSize == s_initial) limits.InitialConnectionWindowSize = SizeFor(limits);
    }

    private static int SizeFor(Http2Limits limits) =>
        (int)Math.Min(int.MaxValue, (long)Halves * limits.MaxStreamsPerConnection * limits.InitialStreamWindowSize);
}
