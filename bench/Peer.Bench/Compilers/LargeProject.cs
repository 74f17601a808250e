using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Bench.Compilers;

/// <summary>A project of 200 handlers and 1,000 messages, and edits in it, each of which gives a compilation that nobody has looked into yet.</summary>
internal sealed class LargeProject
{
    public const int Handlers = 200;
    public const int MessagesOfHandler = 5;

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp14);

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Peer.Generators", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))];

    private readonly CSharpCompilation _compilation;
    private readonly SyntaxTree _elsewhere = Parse(Elsewhere(0));
    private readonly SyntaxTree _messages = Parse(Messages(0, "Text"));
    private int _edits;

    public LargeProject()
    {
        var handlers = Enumerable.Range(0, Handlers).Select(i => Parse(Handler(i)));
        var messages = Enumerable.Range(1, Handlers - 1).Select(i => Parse(Messages(i, "Text")));
        _compilation = CSharpCompilation.Create(
            "Large",
            [Parse(Usings), .. handlers, _messages, .. messages, _elsewhere],
            s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Threading.Tasks; global using Peers;";

    /// <summary>The project as it is.</summary>
    public CSharpCompilation Fresh() => _compilation.Clone();

    /// <summary>After a key was pressed in a body, in a file without anything of ours.</summary>
    public CSharpCompilation AfterKeystroke() => _compilation.ReplaceSyntaxTree(_elsewhere, Parse(Elsewhere(++_edits)));

    /// <summary>After a declaration was changed in such a file.</summary>
    public CSharpCompilation AfterDeclaration() => _compilation.ReplaceSyntaxTree(_elsewhere, Parse(Elsewhere(0, $"Edits{++_edits}")));

    /// <summary>After a member of one message was renamed.</summary>
    public CSharpCompilation AfterChange() => _compilation.ReplaceSyntaxTree(_messages, Parse(Messages(0, $"Text{++_edits}")));

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, s_language);

    private static string Elsewhere(int edits, string method = "Edits") =>
        $"namespace Large; internal static class Elsewhere {{ public static int {method}() => {edits}; }}";

    private static string Handler(int i) => $$"""
        namespace Large;

        [PeerHandler("/rooms{{i}}/{room}")]
        public sealed partial class Room{{i}}(IServiceProvider services)
        {
            private string _name = "";

            [Channel("room{{i}}/{room}", Join = true)]
            public static partial PeerChannel<object> Of(string room);

            [OnOpen]
            private void Opened(Peer peer) => _name = services.ToString() + peer.Id;

            [OnMessage]
            private Said{{i}} Say(Peer peer, Say{{i}} say, [Microsoft.AspNetCore.Mvc.FromRoute] string room)
            {
                var said = new Said{{i}}(_name, say.Text, DateTimeOffset.UtcNow);
                peer.Publish(Of(room), said);
                return said;
            }

            [OnMessage]
            private async Task Move(Moved{{i}} moved) => await Task.CompletedTask;

            [OnClose]
            private static void Closed(Peer peer, CloseEvent close) { }
        }
        """;

    private static string Messages(int i, string member)
    {
        return $$"""
            namespace Large;

            [Message] public readonly partial record struct Say{{i}}(string {{(i == 0 ? "Text" : member)}});
            [Message] public sealed partial record Said{{i}}(string Who, string Text, DateTimeOffset At);
            [Message] public readonly partial record struct Moved{{i}}(int X, int Y, double Angle);
            [Message] public sealed partial record Order{{i}}(Guid Id, List<Line{{i}}> Lines, Dictionary<string, int>? Stock, DayOfWeek Day);
            [Message] public sealed partial record Other{{i}}(int Number, string {{member}}, bool IsOdd);
            public sealed record Line{{i}}(string Name, decimal Price, int Count);
            """;
    }
}
