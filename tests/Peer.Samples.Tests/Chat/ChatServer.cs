using Peers.TestKit;

namespace Peers.Tests.Chat;

/// <summary>One published chat for all tests of a class; each test talks in a room of its own.</summary>
public sealed class ChatServer : IAsyncLifetime
{
    private ServerProcess _process = null!;

    public Uri Address => _process.Address;

    public async ValueTask InitializeAsync() => _process = await ServerProcess.StartAsync(Repository.Published("Chat"));

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    internal Task<Client> JoinAsync(string room, string name, string? origin = null) =>
        Client.ConnectAsync(Address, $"/rooms/{Uri.EscapeDataString(room)}?name={Uri.EscapeDataString(name)}", origin);
}
