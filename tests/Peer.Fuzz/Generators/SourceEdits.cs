using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Fuzzing;

/// <summary>Random edits of source text: what a person does to a declaration, and what a person types.</summary>
internal sealed class SourceEdits(Random random)
{
    private static readonly string[] s_types =
    [
        "int", "string", "string?", "int?", "long", "double", "object", "byte[]", "List<string>", "List<int?>", "Dictionary<string, int>", "Dictionary<int, string>", "Guid", "DateTime", "Task", "Task<int>",
        "IEnumerable<string>", "Peer", "CloseEvent", "PeerError", "Exception", "ReadOnlyMemory<byte>", "ReadOnlySpan<byte>", "Message", "IServiceProvider", "CancellationToken", "DayOfWeek", "T", "void", "dynamic",
        "Chat.Said", "Chat.Page<Chat.Page<int>>", "Chat.Part", "Chat.Mood?", "Shape", "Circle", "Entry", "Numbers", "Things?", "(int A, int B)", "int[,]", "nint", "System.Drawing.Point", "System.IO.Stream", "PeerChannel<Entry>", "Nullable<int>",
    ];

    private static readonly string[] s_names =
        ["_", "@class", "@event", "message", "reader", "writer", "value", "seen", "seen2", "type", "text", "peer", "payload", "services", "item", "items", "MessageCodec", "ChannelTemplates", "room", "Room", "ROOM", "id", "global", "System", "Peers", "Send", "Opened", "A", "a", "é"];

    private static readonly string[] s_attributes =
    [
        "Message", "Message(\"x\")", "PeerHandler", "PeerHandler(\"/{a\")", "PeerHandler(\"/{room}\")", "OnOpen", "OnMessage", "OnMessage(MessageKind.Binary)", "OnClose", "OnError", "OnUpgrade", "OnPing", "OnGap", "Channel(\"a/{b}\")", "Channel(\"c\", Join = true)",
        "FromRoute", "FromServices", "FromKeyedServices(5L)", "JsonIgnore", "JsonInclude", "JsonRequired", "JsonConstructor", "JsonPropertyName(\"type\")", "JsonPropertyName(\"y\")", "JsonPropertyOrder(-1)", "JsonExtensionData", "Obsolete", "Obsolete(\"no\", true)",
        "JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)", "JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)", "JsonNumberHandling(JsonNumberHandling.WriteAsString)", "JsonConverter(typeof(JsonStringEnumConverter))",
        "JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)", "JsonDerivedType(typeof(int))", "RawJson", "System.Diagnostics.CodeAnalysis.AllowNull", "System.Diagnostics.CodeAnalysis.DisallowNull", "System.Diagnostics.CodeAnalysis.Experimental(\"X1\")", "FromNowhere",
    ];

    private static readonly SyntaxKind[] s_modifiers =
    [
        SyntaxKind.PartialKeyword, SyntaxKind.SealedKeyword, SyntaxKind.StaticKeyword, SyntaxKind.AbstractKeyword, SyntaxKind.RequiredKeyword, SyntaxKind.ReadOnlyKeyword, SyntaxKind.PrivateKeyword, SyntaxKind.PublicKeyword, SyntaxKind.InternalKeyword,
        SyntaxKind.ProtectedKeyword, SyntaxKind.AsyncKeyword, SyntaxKind.VirtualKeyword, SyntaxKind.NewKeyword, SyntaxKind.FileKeyword, SyntaxKind.RefKeyword, SyntaxKind.ThisKeyword, SyntaxKind.ParamsKeyword, SyntaxKind.InKeyword, SyntaxKind.OutKeyword,
    ];

    /// <summary>The text after one edit.</summary>
    public string Apply(string text)
    {
        if (random.Next(6) == 0) return Typed(text);

        var root = CSharpSyntaxTree.ParseText(text).GetRoot();
        return random.Next(9) switch
        {
            0 => Replaced(root, Any<TypeSyntax>(root, n => n.Parent is PropertyDeclarationSyntax or ParameterSyntax or MethodDeclarationSyntax or TypeArgumentListSyntax or NullableTypeSyntax), _ => Pick(s_types)),
            1 => Renamed(root),
            2 => Replaced(root, Any<AttributeSyntax>(root), _ => Pick(s_attributes)),
            3 => Marked(root),
            4 => Modified(root),
            5 => Removed(root),
            6 => Doubled(root),
            7 => Replaced(root, Any<LiteralExpressionSyntax>(root), literal => Pick("\"\"", "\"$x\"", "\"a/{b}/{b\"", "\"/{*rest}/{id?}\"", "3", "null", "default", $"{literal}{literal}")),
            _ => Wrapped(text),
        };
    }

    private string Renamed(SyntaxNode root)
    {
        var declared = root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken) && t.Parent is BaseTypeDeclarationSyntax or MethodDeclarationSyntax or PropertyDeclarationSyntax or ParameterSyntax or TypeParameterSyntax or IdentifierNameSyntax).ToArray();
        if (declared.Length == 0) return root.ToFullString();

        var token = declared[random.Next(declared.Length)];
        return Replace(root, token.Span.Start, token.Span.Length, random.Next(4) == 0 ? token.Text.ToUpperInvariant() : random.Next(3) == 0 ? declared[random.Next(declared.Length)].Text : Pick(s_names));
    }

    private string Marked(SyntaxNode root)
    {
        var owner = Any<SyntaxNode>(root, n => n is MemberDeclarationSyntax and not (GlobalStatementSyntax or BaseNamespaceDeclarationSyntax) or ParameterSyntax);
        return owner is null ? root.ToFullString() : Replace(root, owner.SpanStart, 0, $"[{Pick(s_attributes)}] ");
    }

    private string Modified(SyntaxNode root)
    {
        var modifiers = root.DescendantTokens().Where(t => s_modifiers.Contains(t.Kind()) && t.Parent is MemberDeclarationSyntax or ParameterSyntax).ToArray();
        var modifier = SyntaxFacts.GetText(s_modifiers[random.Next(s_modifiers.Length)]);
        if (modifiers.Length > 0 && random.Next(2) == 0)
        {
            var token = modifiers[random.Next(modifiers.Length)];
            return Replace(root, token.Span.Start, token.Span.Length, random.Next(2) == 0 ? "" : modifier);
        }

        var owner = Any<SyntaxNode>(root, n => n is BaseTypeDeclarationSyntax or MethodDeclarationSyntax or PropertyDeclarationSyntax or ParameterSyntax);
        var at = owner switch
        {
            BaseTypeDeclarationSyntax type => type.AttributeLists.Count > 0 ? type.AttributeLists.Span.End : type.SpanStart,
            MemberDeclarationSyntax member => member.AttributeLists.Count > 0 ? member.AttributeLists.Span.End : member.SpanStart,
            ParameterSyntax parameter => parameter.AttributeLists.Count > 0 ? parameter.AttributeLists.Span.End : parameter.SpanStart,
            _ => 0,
        };
        return Replace(root, at, 0, $" {modifier} ");
    }

    private string Removed(SyntaxNode root) =>
        Replaced(root, Any<SyntaxNode>(root, n => n is MemberDeclarationSyntax or AttributeListSyntax or ParameterSyntax or BaseListSyntax or AccessorDeclarationSyntax or EqualsValueClauseSyntax or ArrowExpressionClauseSyntax or TypeParameterListSyntax or StatementSyntax), _ => "");

    private string Doubled(SyntaxNode root) =>
        Replaced(root, Any<SyntaxNode>(root, n => n is MemberDeclarationSyntax and not BaseNamespaceDeclarationSyntax or AttributeListSyntax or StatementSyntax), node => $"{node} {node}");

    private string Wrapped(string text) => random.Next(4) switch
    {
        0 => "#nullable disable\n" + text,
        1 => $"{text}\nnamespace {Pick("Chat", "chat", "Other", "System", "Peers", "A.B")} {{ [Message] public sealed partial record {Pick("Say", "say", "Entry", "Said")}(List<{Pick("string", "int?", "string?")}> Items); }}",
        2 => $"{text}\npublic class {Pick("Part", "Other", "Limited")}<T> {{ public {Pick("T", "T[]", "List<T>", "Other<List<T>>?")} Value {{ get; init; }} = default!; }}",
        _ => text.Replace("namespace Chat;", Pick("namespace chat;", "namespace Chat.@event;", ""), StringComparison.Ordinal),
    };

    // A few characters go, or come.
    private string Typed(string text)
    {
        var at = random.Next(text.Length + 1);
        var length = Math.Min(random.Next(1, 12), text.Length - at);
        return random.Next(2) == 0 ? text.Remove(at, length) : text.Insert(at, Pick("{", "}", "(", ")", "<", ">", "[", "]", ";", ",", "?", "\"", "partial ", " : ", "=>", "//", "int x, ", "#if A\n", "@", "\u200b"));
    }

    private static string Replaced<T>(SyntaxNode root, T? node, Func<T, string> by) where T : SyntaxNode =>
        node is null ? root.ToFullString() : Replace(root, node.Span.Start, node.Span.Length, by(node));

    private static string Replace(SyntaxNode root, int start, int length, string by) => root.ToFullString().Remove(start, length).Insert(start, by);

    private T? Any<T>(SyntaxNode root, Func<T, bool>? isWanted = null) where T : SyntaxNode
    {
        var all = root.DescendantNodes().OfType<T>().Where(n => isWanted?.Invoke(n) ?? true).ToArray();
        return all.Length == 0 ? null : all[random.Next(all.Length)];
    }

    private string Pick(params string[] texts) => texts[random.Next(texts.Length)];
}
