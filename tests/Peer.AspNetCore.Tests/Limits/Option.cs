using System.Collections;
using System.Reflection;

namespace Peers.Tests.Limits;

/// <summary>One option of <see cref="PeerOptions"/> and what is to hold for it.</summary>
/// <param name="Name">Its name, with a dot before those of a group.</param>
/// <param name="Configured">A value other than the default, as configuration has it.</param>
/// <param name="Expected">The same as the option has it then.</param>
/// <param name="Edges">The outermost values that work.</param>
/// <param name="Beyond">Values just outside; none where every value works.</param>
public sealed record Option(string Name, string Configured, object Expected, object[] Edges, object[] Beyond)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    /// <summary>Every option. One that is missing here fails a test.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Number("MaxMessageSize", least: 1, most: 1 << 30),
        Number("MaxFragments", least: 1),
        Number("MaxPendingBytes", least: 1, most: 1 << 30),
        Number("MaxBufferedBytes", least: 256, most: 1 << 30),
        Number("MaxHookBytes", least: 256, most: (1 << 30) - (64 * 1024)),
        Time("SlowPeerTimeout"),
        new("SlowPeerPolicy", "KeepLatest", SlowPeerPolicy.KeepLatest, [SlowPeerPolicy.Close, SlowPeerPolicy.KeepLatest], [(SlowPeerPolicy)(-1), (SlowPeerPolicy)4]),
        Number("MessageRate.Limit", least: 1),
        new("MessageRate.Period", "00:00:07", TimeSpan.FromSeconds(7), [s_tick, s_longest], [TimeSpan.Zero, Timeout.InfiniteTimeSpan, s_longest + s_tick]),
        Number("MessageRate.Burst", least: 1),
        Number("DrainThreshold", least: 1, most: (1 << 20) - 1),
        Number("MaxStreams", least: 1),
        Number("MaxRequests", least: 1),
        Time("HandshakeTimeout"),
        Time("CloseTimeout"),
        Time("MaxCloseTime"),
        Time("KeepAliveInterval"),
        Time("KeepAliveTimeout"),
        Time("ShutdownTimeout"),
        Number("MaxPeers", least: 1),
        new("AllowedOrigins", "https://a.example", "https://a.example", ["*", "https://a.example:8443"], ["a.example", "https://a.example/path"]),
        new("CapturedHeaders", "User-Agent", "User-Agent", ["X-Tenant"], []),
        Switch("CloseOnAuthenticationExpiration"),
        Switch("Compression.Enabled"),
        Number("Compression.Threshold", least: 0),
        Number("Compression.Level", least: 1, most: 9),
        Switch("Compression.ServerContextTakeover"),
        Switch("Compression.ClientContextTakeover"),
        Number("Compression.ServerMaxWindowBits", least: 9, most: 15, configured: 12),
        Number("Compression.ClientMaxWindowBits", least: 9, most: 15, configured: 12),
    ];

    /// <summary>The names of all options, found by walking the types.</summary>
    public static IEnumerable<string> Names(Type type, string prefix = "") => type.GetProperties().SelectMany(property =>
        property.PropertyType.Assembly == typeof(PeerOptions).Assembly && property.PropertyType.IsClass ? Names(property.PropertyType, $"{prefix}{property.Name}.") : [prefix + property.Name]);

    /// <summary>The key under which configuration has it.</summary>
    public string Key => Name.Replace('.', ':') + (Edges[0] is string ? ":0" : "");

    public object? Get(PeerOptions options)
    {
        var (owner, property) = Find(options);
        var value = property.GetValue(owner);
        return value is IList list ? list.Cast<object>().SingleOrDefault() : value;
    }

    public void Set(PeerOptions options, object value)
    {
        var (owner, property) = Find(options);
        if (property.GetValue(owner) is IList list) list.Add(value);
        else property.SetValue(owner, value);
    }

    private (object Owner, PropertyInfo Property) Find(object owner)
    {
        var path = Name.Split('.');
        foreach (var group in path[..^1]) owner = owner.GetType().GetProperty(group)!.GetValue(owner)!;
        return (owner, owner.GetType().GetProperty(path[^1])!);
    }

    private static Option Number(string name, int least, int most = int.MaxValue, int configured = 7) =>
        new(name, $"{Math.Max(least, configured)}", Math.Max(least, configured), [least, most], most == int.MaxValue ? [least - 1] : [least - 1, most + 1]);

    private static Option Time(string name) =>
        new(name, "00:00:07", TimeSpan.FromSeconds(7), [s_tick, s_longest, Timeout.InfiniteTimeSpan], [TimeSpan.Zero, TimeSpan.FromMilliseconds(-2), s_longest + s_tick]);

    private static Option Switch(string name) => new(name, "true", true, [false, true], []);
}
