using Peers.TestKit;

namespace Peers.Tests.Chat;

/// <summary>What a newcomer sees after the first command.</summary>
public sealed class ChatProgramTests
{
    [Fact]
    public async Task The_build_prints_the_address_of_its_page_and_serves_it_from_any_folder()
    {
        await using var server = await ServerProcess.StartAsync("dotnet", workingDirectory: Path.GetTempPath(), arguments: Repository.Built("Chat"));
        await ServesThePageAsync(server);
    }

    [Fact]
    public async Task The_native_binary_prints_the_address_of_its_page_and_serves_it_from_any_folder()
    {
        await using var server = await ServerProcess.StartAsync(Repository.Published("Chat"), workingDirectory: Path.GetTempPath());
        await ServesThePageAsync(server);
    }

    private static async Task ServesThePageAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Contains("<title>Chat</title>", await http.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("class Connection", await http.GetStringAsync("/connection.js"), StringComparison.Ordinal);
        await server.HasPrintedAsync($"The chat is at {server.Address}");
    }
}
