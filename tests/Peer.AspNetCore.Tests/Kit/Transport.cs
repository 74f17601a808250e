using System.Globalization;
using Microsoft.AspNetCore.Hosting;

namespace Peers.Tests.Kit;

/// <summary>What carries the bytes of the servers under test: Kestrel's sockets, or as many event loops as PEER_TEST_LOOPS says.</summary>
internal static class Transport
{
    /// <summary>How many event loops; none for Kestrel's sockets.</summary>
    public static int Loops { get; } = int.Parse(Environment.GetEnvironmentVariable("PEER_TEST_LOOPS") ?? "0", CultureInfo.InvariantCulture);

    /// <summary>Uses it.</summary>
    public static void UseTestTransport(this IWebHostBuilder builder)
    {
        if (Loops > 0) builder.UsePeerEventLoop(options => options.Loops = Loops);
    }
}
