using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using System.Xml.Linq;
using Peers.TestKit;

namespace Peers.Tests;

/// <summary>What <c>./build.sh pack</c> made, used by projects that have nothing of this repository but package references.</summary>
public sealed class PackagesTests(Consumer consumer) : IClassFixture<Consumer>
{
    private static readonly string[] s_ofCompiler = ["Peer.CodeFixes", "Peer.Generators"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Packages { get; } = [.. Repository.Ids];

    [Theory, MemberData(nameof(Packages))]
    public void A_package_says_what_it_is_and_where_it_comes_from(string id)
    {
        using var package = ZipFile.OpenRead(Repository.Package(id));
        using var file = package.GetEntry($"{id}.nuspec")!.Open();
        var metadata = XDocument.Load(file).Root!.Elements().Single();

        Assert.Equal("MIT", Of("license").Value);
        Assert.Equal("https://github.com/peer-dotnet/peer", Of("projectUrl").Value);
        Assert.Equal("https://github.com/peer-dotnet/peer", Of("repository").Attribute("url")!.Value);
        Assert.NotEqual("Package Description", Of("description").Value);
        Assert.Contains("websocket", Of("tags").Value.Split(' '));

        XElement Of(string name) => metadata.Elements().Single(element => element.Name.LocalName == name);
    }

    // With "this version or a newer one" an application could upgrade one of them alone, and a member that it used inside another was missing at run time.
    [Theory, MemberData(nameof(Packages))]
    public void A_package_depends_on_exactly_its_own_version_of_the_others(string id)
    {
        using var package = ZipFile.OpenRead(Repository.Package(id));
        using var file = package.GetEntry($"{id}.nuspec")!.Open();
        var metadata = XDocument.Load(file).Root!.Elements().Single();
        var version = metadata.Elements().Single(element => element.Name.LocalName == "version").Value;
        var siblings = metadata.Descendants().Where(element => element.Name.LocalName == "dependency" && Repository.Ids.Contains(element.Attribute("id")!.Value)).ToArray();

        Assert.Equal(id == "Peer.Runtime", siblings.Length == 0);
        Assert.All(siblings, sibling => Assert.Equal($"[{version}]", sibling.Attribute("version")!.Value));
    }

    [Theory, MemberData(nameof(Packages))]
    public void A_package_has_a_page_of_its_own(string id)
    {
        using var package = ZipFile.OpenRead(Repository.Package(id));
        using var page = new StreamReader(package.GetEntry("README.md")!.Open());

        Assert.Equal($"# {id}", page.ReadLine());
    }

    [Fact]
    public void All_that_belongs_to_the_compiler_lies_in_the_runtime_package()
    {
        using var package = ZipFile.OpenRead(Repository.Package("Peer.Runtime"));
        var packed = package.Entries.Select(e => e.FullName).Where(name => name.EndsWith(".dll", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var ofCompiler = s_ofCompiler.Where(Repository.HasProject).Select(name => $"analyzers/dotnet/cs/{name}.dll");
        Assert.Equal([.. ofCompiler, "lib/net10.0/Peer.Runtime.dll"], packed);
    }

    [Fact]
    public async Task A_web_project_builds_with_one_package_reference_and_serves_its_handler()
    {
        await consumer.SucceedAsync("build", consumer.PathOf("Shop"), "-v", "q");
        AssertRestoredFromTheFeed("Peer.AspNetCore", "Peer.Runtime");
        await AssertSells("dotnet", consumer.PathOf("Shop", "bin", "Debug", "net10.0", "Shop.dll"));
    }

    [Fact]
    public async Task It_is_published_with_Native_AOT_without_a_warning_and_serves_its_handler()
    {
        await consumer.SucceedAsync("publish", consumer.PathOf("Shop"), "-v", "q", "-o", consumer.PathOf("published"));
        await AssertSells(consumer.PathOf("published", "Shop"));
    }

    [Fact]
    public async Task A_project_with_the_testing_package_alone_tests_a_handler_in_memory()
    {
        await consumer.SucceedAsync("build", consumer.PathOf("ShopTests"), "-v", "q");
        AssertRestoredFromTheFeed("Peer.Testing", "Peer.Runtime");
        Assert.Equal("the answer is 42\n", await consumer.SucceedAsync(consumer.PathOf("ShopTests", "bin", "Debug", "net10.0", "ShopTests.dll")));
    }

    [Fact]
    public async Task A_mistake_in_a_hook_is_an_error_with_its_rule()
    {
        var (exitCode, output) = await consumer.DotnetAsync("build", consumer.PathOf("Mistake"), "-v", "q");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("error PEER003", output, StringComparison.Ordinal);
    }

    private static async Task AssertSells(string program, params string[] arguments)
    {
        await using var server = await ServerProcess.StartAsync(program, arguments: arguments);
        using var patience = new CancellationTokenSource(s_patience);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(server.Address, "/tills/1")) { Scheme = "ws" }.Uri, patience.Token);
        var sold = "{\"type\":\"sold\",\"$id\":7,\"items\":[{\"name\":\"tea\",\"price\":2.50,\"count\":3},{\"count\":1,\"price\":0.25,\"name\":\"bag\"}]}"u8;
        await socket.SendAsync(sold.ToArray(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);

        var buffer = new byte[1024];
        var answer = await socket.ReceiveAsync(buffer, patience.Token);
        Assert.Equal("{\"type\":\"total\",\"$re\":7,\"sum\":7.75,\"at\":\"1970-01-01T00:00:00+00:00\"}", Encoding.UTF8.GetString(buffer, 0, answer.Count));
    }

    // A copy that was restored before, by whatever project, proves nothing.
    private void AssertRestoredFromTheFeed(params string[] packages)
    {
        foreach (var name in packages)
        {
            var id = name.ToLowerInvariant();
            var restored = Path.Combine(consumer.PackageFolder, id, Repository.Version, $"{id}.{Repository.Version}.nupkg");
            Assert.True(File.Exists(restored), $"{name} was not restored from the feed.");
            Assert.Equal(File.ReadAllBytes(Repository.Package(name)), File.ReadAllBytes(restored));
        }
    }
}
