using System.Text.Json;
using System.Text.Json.Serialization;

namespace Peers.Tests;

/// <summary>Attributes of System.Text.Json and of nullable references mean what they mean there; each is supported, diagnosed or documented.</summary>
public sealed class AttributeTests
{
    private const string Head = """
        using System.Diagnostics.CodeAnalysis;
        using System.Text;
        using System.Text.Json;
        using System.Text.Json.Serialization;
        using System.Text.Json.Serialization.Metadata;

        public static class Program
        {
            private static readonly JsonSerializerOptions s_oracle = new(MessageSerializer.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

            // What is read, written again by either: or "refused".
            private static string Try<T>(string members) where T : IMessage<T>
            {
                var (ours, theirs) = ("refused", "refused");
                if (MessageSerializer.TryRead<T>(Encoding.UTF8.GetBytes($"{{\"type\":\"{T.Type}\"{(members.Length > 0 ? "," : "")}{members}}}"), out var message, out _)) ours = Written(message);
                try { theirs = JsonSerializer.Serialize(JsonSerializer.Deserialize<T>($"{{{members}}}", s_oracle), s_oracle); }
                catch (JsonException) { }
                return ours == theirs ? ours : $"{ours}, and System.Text.Json {theirs}";
            }

            private static string Written<T>(T message) where T : IMessage<T>
            {
                try { return Encoding.UTF8.GetString(MessageSerializer.ToUtf8(message)).Replace($"{{\"type\":\"{T.Type}\",", "{").Replace($"{{\"type\":\"{T.Type}\"", "{"); }
                catch (InvalidOperationException) { return "refused"; }
            }

            public static string Run() => string.Join(" ", Results());
            private static IEnumerable<string> Results()
            {
        """;

    // [AllowNull] and the others used to be ignored.
    [Theory]
    [InlineData("public sealed partial class A { [AllowNull] public string Name { get => field ?? \"\"; set; } }", "{\"name\":\"\"} {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A { public string Name { get => field ?? \"\"; [param: AllowNull] set; } }", "{\"name\":\"\"} {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A { [DisallowNull] public string? Name { get; set; } = \"x\"; }", "refused {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A { [MaybeNull] public string Name { get; set; } = null!; }", "refused {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A { [NotNull] public string? Name { get; set; } = \"x\"; }", "refused {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A([AllowNull] string name) { public string? Name { get; } = name; }", "{\"name\":null} {\"name\":\"x\"}")]
    [InlineData("public sealed partial record A([property: AllowNull] string Name);", "refused {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A(string name) { public string? Name { get; } = name; }", "refused {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A(string? name) { public string Name { get; } = name ?? \"\"; }", "{\"name\":\"\"} {\"name\":\"x\"}")]
    [InlineData("public sealed partial class A { [DisallowNull] public required string? Name { get; init; } }", "refused {\"name\":\"x\"}")]
    public void Null_is_taken_and_given_where_attributes_say_so(string declaration, string expected) =>
        Assert.Equal(expected, Generated.Run($$"""
            {{Head}}
                    yield return Try<A>("\"name\":null");
                    yield return Try<A>("\"name\":\"x\"");
                }
            }
            [Message] {{declaration}}
            """));

    [Theory]
    [InlineData("[DisallowNull] public int? Count { get; set; } = 3;", "refused {\"count\":1}")]
    [InlineData("[DisallowNull] public int? Count { get; init; }", "refused {\"count\":1}")]
    [InlineData("public int? Count { get; set; }", "{\"count\":null} {\"count\":1}")]
    public void Null_is_refused_for_a_nullable_value(string member, string expected) =>
        Assert.Equal(expected, Generated.Run($$"""
            {{Head}}
                    yield return Try<A>("\"count\":null");
                    yield return Try<A>("\"count\":1");
                }
            }
            [Message] public sealed partial class A { {{member}} }
            """));

    // It used to be ignored on a message, and to be refused on what a message holds.
    [Fact]
    public void Unknown_members_are_refused_where_a_type_says_so() => Assert.Equal(
        "refused {\"count\":1,\"readOnly\":3,\"sent\":0,\"received\":0} refused {\"count\":1,\"readOnly\":3,\"sent\":0,\"received\":0} refused {\"part\":{\"count\":1}} refused {\"a\":{\"b\":5}} True",
        Generated.Run($$"""
            {{Head}}
                    yield return Try<A>("\"count\":1,\"conut\":2");
                    yield return Try<A>("\"count\":1");
                    yield return Try<A>("\"count\":1,\"Count\":2");
                    yield return Try<A>("\"count\":1,\"readOnly\":2,\"ignored\":{\"a\":[]},\"sent\":4");
                    yield return Try<B>("\"part\":{\"count\":1,\"x\":2}");
                    yield return Try<B>("\"part\":{\"count\":1},\"x\":2");
                    yield return Try<B>("\"part\":{\"count\":1,\"$id\":2}");
                    yield return Try<C>("\"a\":{\"b\":5}");
                    yield return MessageSerializer.TryRead<A>("{\"type\":\"a\",\"$id\":7,\"count\":1}"u8, out _, out _).ToString();
                }
            }
            [Message, JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
            public sealed partial class A
            {
                public int Count { get; set; }
                public int ReadOnly => 3;
                [JsonIgnore] public int Ignored { get; set; }
                [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] public int Sent { get; set; }
                public int Received { get; init; }
            }
            [Message] public sealed partial record B(Part Part);
            [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] public sealed record Part(int Count);
            [Message, JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] public sealed partial record C(Inner A);
            public readonly record struct Inner(int B);
            """));

    [Fact]
    public void The_docs_list_every_attribute_of_System_Text_Json()
    {
        var all = typeof(JsonSerializer).Assembly.GetExportedTypes()
            .Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(JsonAttribute)))
            .Select(t => t.Name.Replace("Attribute", "", StringComparison.Ordinal));
        var callbacks = typeof(JsonSerializer).Assembly.GetExportedTypes().Where(t => t.IsInterface && t.Name.StartsWith("IJsonOn", StringComparison.Ordinal)).Select(t => t.Name);
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Peer.sln"))) root = root.Parent!;
        var rows = File.ReadLines(Path.Combine(root.FullName, "docs/messages.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        string[] missing = [.. all.Concat(callbacks).Where(name => !Array.Exists(rows, row => row.Contains($"`[{name}", StringComparison.Ordinal) || row.Contains($"`{name}", StringComparison.Ordinal)))];
        Assert.Equal([], missing);
    }
}
