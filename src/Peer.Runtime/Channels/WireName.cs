namespace Peers.Channels;

/// <summary>Names on the backplane: those of channels as they are, and a few with a dollar sign that nodes keep to themselves.</summary>
internal static class WireName
{
    /// <summary>What all nodes hear.</summary>
    public const string Nodes = "$nodes";

    /// <summary>What one node hears.</summary>
    public static string Inbox(uint node) => $"$node-{node:x8}";

    /// <summary>The name of a channel. One that begins like ours gets a second dollar sign.</summary>
    public static string Of(string channel) => channel[0] == '$' ? "$" + channel : channel;

    /// <summary>Whether it is a name that nodes keep to themselves.</summary>
    public static bool IsOurs(string wireName) => wireName[0] == '$' && (wireName.Length == 1 || wireName[1] != '$');
}
