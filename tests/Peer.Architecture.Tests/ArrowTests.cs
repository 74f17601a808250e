using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Peers.Tests;

/// <summary>The arrows of ARCHITECTURE.md: who may know whom.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("Peer.Runtime")]
    [InlineData("Peer.Generators")]
    [InlineData("Peer.CodeFixes", "Peer.Generators")]
    [InlineData("Peer.AspNetCore", "Peer.Runtime")]
    [InlineData("Peer.EventLoop", "Peer.Runtime")]
    [InlineData("Peer.Nats", "Peer.Runtime")]
    [InlineData("Peer.Redis", "Peer.Runtime")]
    [InlineData("Peer.Testing", "Peer.Runtime")]
    public void A_project_references_only_what_lies_below_it(string project, params string[] below)
    {
        var document = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        var references = document.Descendants("ProjectReference").Where(IsCompiledAgainst).Select(NameOf);

        Assert.Equal(below, references);
    }

    // What judges the runtime from outside must not share its mistakes.
    [Theory]
    [InlineData("Peer.Partitions", "Peer.TestKit")]
    [InlineData("Peer.TestKit")]
    public void The_partition_checker_shares_no_code_with_the_runtime(string project, params string[] below)
    {
        var document = XDocument.Load(Path.Combine(Repository.Root, "tests", project, project + ".csproj"));

        Assert.Equal(below, document.Descendants("ProjectReference").Where(IsCompiledAgainst).Select(NameOf));
        Assert.Empty(document.Descendants("Compile"));
    }

    [Fact]
    public void The_runtime_knows_no_aspnetcore()
    {
        var references = typeof(Peer).Assembly.GetReferencedAssemblies().Select(name => name.Name!);

        Assert.DoesNotContain(references, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Peer.", StringComparison.Ordinal));
    }

    [Fact]
    public void What_tests_use_knows_no_aspnetcore_and_no_test_framework()
    {
        var references = Assembly.Load("Peer.Testing").GetReferencedAssemblies().Select(name => name.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        Assert.Equal(["Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Peer.Runtime"], references);
    }

    // Rooms of Peer.Runtime: a room, and what no file in it may name.
    [Theory]
    [InlineData("WebSockets", "Peers.Channels", "Peers.Transports", "Peers.Observability", "Peer", "PeerConnection", "PeerHost", "IPeerHandler", "Message", "IMessage")]
    [InlineData("Channels", "Peers.WebSockets", "Peers.Observability", "PeerConnection", "PeerTransport", "PeerOutput", "IPeerHandler", "IMessage", "Socket")]
    [InlineData("Transports", "Peers.WebSockets", "Peers.Channels", "Peers.Observability", "IPeerHandler", "IMessage", "Socket")]
    [InlineData("Serialization", "Peers.WebSockets", "Peers.Channels", "Peers.Transports", "Peers.Observability", "Peer", "PeerConnection", "PeerHost", "IPeerHandler")]
    public void A_room_of_the_runtime_names_nothing_that_it_must_not_know(string room, params string[] unknown)
    {
        var files = Repository.Sources($"src/Peer.Runtime/{room}").ToArray();
        Assert.NotEmpty(files);

        var pattern = new Regex($@"(?<![\w.])({string.Join('|', unknown.Select(Regex.Escape))})(?![\w])", RegexOptions.CultureInvariant);
        var broken = files.SelectMany(file => pattern.Matches(file.Code).Select(match => $"{file} names {match.Value}"));
        Assert.Empty(broken);
    }

    [Fact]
    public void Frames_and_channels_meet_nowhere_but_at_the_root()
    {
        var both = Repository.Sources("src/Peer.Runtime")
            .Where(file => file.Code.Contains("using Peers.WebSockets;", StringComparison.Ordinal) && file.Code.Contains("using Peers.Channels;", StringComparison.Ordinal))
            .Select(file => Path.GetDirectoryName(file.Name)!.Replace('\\', '/'))
            .Distinct();

        Assert.Equal(["src/Peer.Runtime"], both);
    }

    [Fact]
    public void No_namespace_begins_with_peer_dot_because_it_would_hide_the_type()
    {
        var wrong = Repository.Sources("src", "tests", "samples", "bench").Where(file => Regex.IsMatch(file.Code, @"^\s*namespace\s+Peer(\.|;|\s)", RegexOptions.Multiline));
        Assert.Empty(wrong);
    }

    [Fact]
    public void What_is_public_lives_in_the_root_namespace_or_where_its_users_look()
    {
        var elsewhere = new[] { typeof(Peer).Assembly, Assembly.Load("Peer.AspNetCore"), Assembly.Load("Peer.EventLoop"), Assembly.Load("Peer.Nats"), Assembly.Load("Peer.Redis"), Assembly.Load("Peer.Testing") }
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Select(type => type.Namespace)
            .Distinct();

        Assert.Subset(new HashSet<string?> { "Peers", "Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder" }, elsewhere.ToHashSet());
    }

    private static bool IsCompiledAgainst(XElement reference) => (string?)reference.Attribute("ReferenceOutputAssembly") != "false";

    private static string NameOf(XElement reference) => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/'));
}
