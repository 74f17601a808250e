using System.IO.Pipelines;

namespace Peers;

/// <summary>A server's connection that can leave its server after an upgrade: the request ends and is freed, the peer lives on without it.</summary>
/// <remarks>A server offers it as a feature of the connection.</remarks>
public interface IDetachableConnection
{
    /// <summary>Whether these pipes are the connection's own bytes. They are not where something stands between, such as TLS; then it cannot be detached.</summary>
    bool Owns(IDuplexPipe pipe);

    /// <summary>Takes the connection away from its server, once what the server wrote is sent.</summary>
    /// <remarks>Called once, after the handshake is answered, while nobody reads or writes the pipes.</remarks>
    /// <param name="connection">Whose connection it is from now on.</param>
    /// <param name="run">Serves the peer to its end. Called on a thread that runs its hooks.</param>
    /// <returns>
    /// Completes when <paramref name="run"/> has begun: the request may end. A connection that is lost by then is a transport whose reading fails. Faults where
    /// the connection could not be handed over; the caller then disposes <paramref name="connection"/> unless <paramref name="run"/> was called.
    /// </returns>
    Task DetachAsync(PeerConnection connection, Action<PeerTransport> run);
}
