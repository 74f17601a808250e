using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Tests;

/// <summary>Programs that are legal C#, and whose generated code used not to compile, or to call something else.</summary>
public sealed class LegalProgramTests
{
    [Theory]
    // A constructor's ignored parameter could mean the copy constructor.
    [InlineData("using System.Text.Json.Serialization; [Message] public sealed partial record Note([property: JsonIgnore] string? Local);")]
    [InlineData("using System.Text.Json.Serialization; [Message] public sealed partial record Note([property: JsonIgnore] List<string>? Local, [property: JsonIgnore] int? Count, [property: JsonIgnore] DayOfWeek Day = DayOfWeek.Friday);")]
    [InlineData("using System.Text.Json.Serialization; [Message] public sealed partial record Note(Part Part); public record Part([property: JsonIgnore] string? Local);")]
    [InlineData("using System.Text.Json.Serialization; [Message] public readonly partial record struct Note([property: JsonIgnore] string? Local);")]
    // What is experimental or obsolete.
    [InlineData("using System.Diagnostics.CodeAnalysis; [Message] public sealed partial class Draft { [Experimental(\"APP001\")] public int Beta { get; set; } [Experimental(\"APP002\")] public List<int> More { get; init; } = []; }")]
    [InlineData("using System.Diagnostics.CodeAnalysis; [Message, Experimental(\"APP001\")] public sealed partial record Draft(List<Part> Parts); [Experimental(\"APP002\")] public record Part(int A);", "APP002")]
    [InlineData("[Message] public sealed partial class Old { [Obsolete(\"Use Text.\", error: true)] public string? Body { get; set; } public string? Text { get; set; } }")]
    [InlineData("[Message] public sealed partial class Old { public string? Body { [Obsolete(\"No.\", true)] get; set; } public int Count { get; [Obsolete(\"No.\", true)] init; } = 3; }")]
    [InlineData("[Message] public sealed partial class Old { [Obsolete] public List<Gone>? Parts { get; set; } } [Obsolete(\"Gone.\", true)] public record Gone(int A, Gone? Other);")]
    [InlineData("[Message] public sealed partial record Holds(Part Part); public class Part { [Obsolete(\"No.\", true)] public int A { get; init; } = 1; [Obsolete(\"No.\", true)] public Part() { } }")]
    [InlineData("[Message] public sealed partial record Holds(Part<int> Part); public class Part<T> { [Obsolete(\"No.\", true)] public int A { get; init; } = 1; }")]
    [InlineData("[Message] public sealed partial class Generic<T> { [Obsolete(\"No.\", true)] public int A { get; init; } = 1; public Part<int>? Part { get; set; } } public class Part<T> { [Obsolete(\"No.\", true)] public int A { get; init; } = 1; }")]
    [InlineData("using System.Text.Json.Serialization; [JsonConverter(typeof(JsonStringEnumConverter<Mood>))] public enum Mood { Fine, [Obsolete(\"Gone.\", error: true)] Meh } [Message] public sealed partial record Feels(Mood Mood, Mood? Other);")]
    [InlineData("partial class Chat { [OnOpen, Obsolete(\"No.\", true)] void Opened() { } [OnClose] void Closed() { } }")]
    [InlineData("partial class Chat { [OnMessage, Obsolete] Gone Say(Gone gone, [Microsoft.AspNetCore.Mvc.FromServices] IFormatProvider format) => gone; } [Message, Obsolete(\"No.\", true)] sealed partial record Gone;")]
    [InlineData("[Obsolete(\"No.\", true)] partial class Chat { [OnOpen] void Opened() { } [OnMessage] void Binary(ReadOnlyMemory<byte> bytes) { } }")]
    [InlineData("partial class Chat { [Obsolete(\"No.\", true)] public Chat() { } [OnOpen] void Opened() { } }")]
    [InlineData("partial class Chat { [OnOpen] void Opened() { } [Channel(\"a\", Join = true), Obsolete(\"No.\", true)] static partial PeerChannel<string> A { get; } }")]
    // Keys of services are of a type.
    [InlineData("partial class Chat { [OnOpen] void Opened([Microsoft.Extensions.DependencyInjection.FromKeyedServices(5L)] IFormatProvider a, [Microsoft.Extensions.DependencyInjection.FromKeyedServices(float.NaN)] IFormatProvider b, [Microsoft.Extensions.DependencyInjection.FromKeyedServices(typeof(Dictionary<,>))] IFormatProvider c) { } }")]
    // A channel's address with modifiers that both parts must have.
    [InlineData("public static partial class Inboxes { [Channel(\"user/{id}\")] public static partial PeerChannel<string> Inbox(this Guid id); }")]
    [InlineData("public static partial class Inboxes { [Channel(\"user/{id}/{more}\")] internal static partial PeerChannel<string> Inbox(this string id, int more = 3); }")]
    [InlineData("public partial class Base { public static int Inbox(string id) => 1; } public partial class Inboxes : Base { [Channel(\"user/{id}\")] public static new partial PeerChannel<string> Inbox(string id); }")]
    // Names.
    [InlineData("[Message] public sealed partial record Blank(string? _); [Message] public sealed partial record Blanks(int _, string __, List<int>? ___);")]
    [InlineData("[Message] public sealed partial record Names(int Seen, int Seen2, string? Reader, int? Writer, string? Message, int? Value, int? Item, List<int>? Items, string? Key, string? Present, int Required);")]
    [InlineData("public abstract class Based { public int MessageCodec { get; set; } } [Message] public sealed partial class Coded : Based { public List<int> Items { get; set; } = []; }")]
    [InlineData("public class MessageCodec { public int A { get; set; } } [Message] public sealed partial record Coded(MessageCodec Codec, List<int> Items);")]
    [InlineData("namespace Lib { public class MessageCodec { public int A { get; set; } } } namespace App { using Lib; [Message] public sealed partial record Coded(MessageCodec Codec, List<int> Items); }")]
    [InlineData("public partial class Outer { const int MessageCodec = 1; [Message] public sealed partial record Coded(List<int> Items) { public int A => MessageCodec; } }")]
    [InlineData("[Message] public sealed partial class Coded<MessageCodec> { public List<int> Items { get; set; } = []; }")]
    [InlineData("public partial class Rooms { protected int ChannelTemplates => 1; [Channel(\"r/{x}\")] public static partial PeerChannel<string> Of(string x); }")]
    [InlineData("public partial class Rooms { [Channel(\"r/{x}\")] public static partial PeerChannel<string> ChannelTemplates(string x); }")]
    [InlineData("namespace App.ChannelTemplates { class A; } namespace App { public partial class Rooms { [Channel(\"r/{x}\")] public static partial PeerChannel<string> Of(string x); } }")]
    [InlineData("namespace App { class ChannelTemplates; public partial class Rooms { [Channel(\"r/{x}\")] public static partial PeerChannel<string> Of(string x); } }")]
    // Required members that are inherited, and set.
    [InlineData("[Message] public sealed partial class Said : Base { public required string Text { get; init; } } public abstract class Base { public required List<int> Items { get; init; } }")]
    // Records and structs of every form.
    [InlineData("[Message] public partial struct A { public int B { get; set; } } [Message] public readonly partial struct C { public int D { get; init; } } [Message] public partial record struct E(int F) { public int G { get; set; } = 3; }")]
    public void They_compile(string source, string? suppressed = null)
    {
        var compilation = Generated.Compile(LanguageVersion.CSharp14, ("Source.cs", source));
        if (suppressed is not null) compilation = compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions([new(suppressed, ReportDiagnostic.Suppress)]));
        Generated.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _, TestContext.Current.CancellationToken);
        Assert.Empty(updated.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));
    }

    // A key was printed as its digits, and so was an int, which no service of another type is registered with.
    [Theory]
    [InlineData("5L", "(long)(5)")]
    [InlineData("(byte)5", "(byte)(5)")]
    [InlineData("(sbyte)-5", "(sbyte)(-5)")]
    [InlineData("(short)5", "(short)(5)")]
    [InlineData("5u", "(uint)(5)")]
    [InlineData("ulong.MaxValue", "(ulong)(18446744073709551615)")]
    [InlineData("long.MinValue", "(long)(-9223372036854775808)")]
    [InlineData("5f", "(float)(5f)")]
    [InlineData("5d", "(double)(5d)")]
    [InlineData("double.NaN", "(double)(double.NaN)")]
    [InlineData("'\\n'", "(char)('\\n')")]
    [InlineData("5", "(int)(5)")]
    [InlineData("true", "true")]
    [InlineData("\"a\"", "\"a\"")]
    [InlineData("DayOfWeek.Friday", "(global::System.DayOfWeek)(5)")]
    [InlineData("typeof(List<>)", "typeof(global::System.Collections.Generic.List<>)")]
    public void A_key_of_a_service_has_its_type(string key, string expected) => Assert.Contains(
        $"services.GetKeyed<global::System.IFormatProvider>({expected})",
        Generated.Compiled($"partial class Chat {{ [OnOpen] void Opened([Microsoft.Extensions.DependencyInjection.FromKeyedServices({key})] IFormatProvider format) {{ }} }}"),
        StringComparison.Ordinal);

    // Each of two assemblies that see each other's internals has the wrapper and its extension methods: those of the other were in sight, too.
    [Fact]
    public void Two_assemblies_that_see_each_others_internals_make_a_message_of_one_type()
    {
        const string Source = "[assembly: MessageType<System.Drawing.Point>(\"point\")] public static class {0} {{ public static void F(Peer peer, Peers.MessageTypes.PointMessage m) => peer.Send(new System.Drawing.Point(1, 2)); }}";
        var library = Run(
            "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Tests\")] " + string.Format(Source.Replace("public static void", "internal static void", StringComparison.Ordinal), "A"), "Library");
        using var image = new MemoryStream();
        Assert.True(library.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        Run(string.Format(Source.Replace("public static void", "internal static void", StringComparison.Ordinal), "B"), "Tests", library.ToMetadataReference());
        Run(string.Format(Source.Replace("public static void", "internal static void", StringComparison.Ordinal), "B"), "Tests", MetadataReference.CreateFromImage(image.ToArray()));
    }

    // Called by its name alone, a hook of a base class gave way to a member of the handler.
    [Theory]
    [InlineData("new void Opened() { }")]
    [InlineData("void Opened(object? other = null) { }")]
    [InlineData("const int Opened = 1;")]
    public void A_hook_of_a_base_class_is_called_though_the_handler_has_another_member_of_its_name(string member) => Assert.Contains(
        "base.Opened();",
        Generated.Compiled($"#pragma warning disable CS0108\nabstract class Base {{ [OnOpen] protected void Opened() {{ }} }} partial class Chat : Base {{ {member} [OnClose] void Closed() {{ }} }}"),
        StringComparison.Ordinal);

    private static Compilation Run(string source, string assembly, params MetadataReference[] references)
    {
        var compilation = Generated.Compile(LanguageVersion.CSharp14, ("Source.cs", source)).WithAssemblyName(assembly).AddReferences(references);
        Generated.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _, TestContext.Current.CancellationToken);
        Assert.Empty(updated.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));
        return updated;
    }
}
