using System.Text.Json.Nodes;

namespace Peers.Tests;

// What only tests need.
internal static partial class Oracle
{
    public static void AssertSame<T>(T expected, T? actual)
    {
        var (one, other) = (Form(expected), Form(actual));
        if (!JsonNode.DeepEquals(one, other)) Assert.Equal(one?.ToJsonString(), other?.ToJsonString());
    }
}
