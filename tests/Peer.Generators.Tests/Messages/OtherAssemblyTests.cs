using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Tests;

/// <summary>Messages, and parts of messages, that another assembly declares.</summary>
public sealed class OtherAssemblyTests
{
    private const string Shared = """
        using System.Text.Json.Serialization;

        namespace Shared;

        [Message] public partial interface IRoomEvent;
        [Message] public sealed partial record Said(string Who, string? Text, int Number = 5) : IRoomEvent { public required int Count { get; init; } public string Kind { get; init; } = "said"; }
        public sealed class Person { public string Name { get; init; } = ""; public List<Address>? Homes { get; set; } }
        [method: JsonConstructor] public readonly record struct Address(string Street, int? Number) { public string Town { get; init; } = "here"; }
        public sealed record Plain(int A, string B);
        """;

    [Fact]
    public void They_are_members_payloads_and_replies_like_those_of_the_own()
    {
        const string Source = """
            using Shared;

            [assembly: MessageType<Plain>("plain")]

            [Message] public sealed partial record Batch(Said Said, IRoomEvent Event, List<IRoomEvent?> Events, Person Person, Address? Address, Plain Plain);
            public partial class Chat
            {
                [OnMessage] Said On(Peer peer, Said said) { peer.Send(said); return said; }
                [OnMessage] IRoomEvent On(IRoomEvent message) => message;
                [OnMessage] Plain On(Plain plain) => plain;
            }
            """;

        Assert.Empty(ProblemsOf(Source));
    }

    private static IEnumerable<Diagnostic> ProblemsOf(string source)
    {
        Generated.Driver().RunGeneratorsAndUpdateCompilation(Generated.Compile(LanguageVersion.CSharp14, ("Shared.cs", Shared)).WithAssemblyName("Shared"), out var shared, out _);
        using var image = new MemoryStream();
        Assert.True(shared.Emit(image).Success);

        var compilation = Generated.Compile(LanguageVersion.CSharp14, ("Source.cs", source)).AddReferences(MetadataReference.CreateFromImage(image.ToArray()));
        Generated.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _);
        return updated.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning);
    }
}
