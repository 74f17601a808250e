using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Tests;

/// <summary>Generated code compiles without a warning whatever the project, or the library that a type is from, does about nullable references.</summary>
public sealed class NullableContextTests
{
    private const string Program = """
        [Message] public sealed partial record Roster(List<string> Names, Dictionary<string, string[]> Rooms, string[][] Rows, IReadOnlyList<Part> Parts, string Note);
        public class Part { public List<List<string>> Tags { get; set; } public HashSet<string> Others { get; init; } = new(); public Part Next { get; set; } public int? Count { get; set; } }
        [Message] public partial interface IEvent { }
        [Message] public sealed partial class Said : IEvent { public string Who { get; set; } public required List<string> Words { get; init; } }
        [Message] public sealed partial class Page<T> { public List<T> Items { get; init; } = new(); public T First { get; set; } }
        [PeerHandler("/{room}")]
        public partial class Chat
        {
            public Chat(IServiceProvider services) { }
            [Channel("room/{room}", Join = true)] public static partial PeerChannel<IEvent> Room(string room);
            [Channel("user/{user}")] public static partial PeerChannel<List<string>> User(string user);
            [OnOpen] void Opened(Peer peer, [Microsoft.AspNetCore.Mvc.FromRoute] string room, [Microsoft.AspNetCore.Mvc.FromServices] IFormatProvider format) { }
            [OnMessage] Said Say(Roster roster) => new Said { Words = new List<string>() };
            [OnMessage] async Task<Roster> Later(Said said, [Microsoft.Extensions.DependencyInjection.FromKeyedServices("a")] IFormatProvider format) { await Task.Yield(); return null; }
            [OnMessage] static async IAsyncEnumerable<Said> Watch(Watch watch, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token) { await Task.Yield(); yield break; }
            [OnMessage] void Text(string text) { }
        }
        [Message] public partial record struct Watch(string Name);
        """;

    // A project without nullable references, or an old library's types, used to give CS8619.
    [Theory]
    [InlineData(NullableContextOptions.Disable)]
    [InlineData(NullableContextOptions.Annotations)]
    public void A_project_without_nullable_references(NullableContextOptions nullable) => Generated.CompilesWith(nullable, Program);

    [Theory]
    [InlineData("Old.Part Part")]
    [InlineData("Old.Part? Part")]
    [InlineData("List<Old.Part> Parts, Dictionary<string, Old.Part?> Others")]
    [InlineData("Old.Box<string> Box")]
    [InlineData("Old.Box<string?> Box")]
    [InlineData("Old.Box<Old.Box<Old.Part>> Box")]
    public void A_library_without_nullable_references(string members)
    {
        var library = CSharpCompilation.Create(
            "Library",
            [CSharpSyntaxTree.ParseText("""
                using System.Collections.Generic;
                namespace Old
                {
                    public class Part { public List<string> Tags { get; set; } public Dictionary<string, string[]> Rooms { get; set; } public Part Next { get; set; } }
                    public class Box<T> { public List<T> Items { get; set; } public T[] Row { get; set; } public T One { get; set; } }
                }
                """, new(LanguageVersion.CSharp7_3), cancellationToken: TestContext.Current.CancellationToken)],
            Generated.Compile(LanguageVersion.CSharp14).References,
            new(OutputKind.DynamicallyLinkedLibrary));
        Generated.CompilesWith(NullableContextOptions.Enable, $"[Message] public sealed partial record Holds({members});", library.ToMetadataReference());
    }
}
