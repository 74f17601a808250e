namespace Peers;

// The whole vocabulary. A partial class with methods marked like this is a handler; one instance serves one peer.

/// <summary>Decides whether a client may connect, before the handshake is answered.</summary>
/// <remarks>
/// Called once, on the request's thread. The method may take an <see cref="UpgradeRequest"/>, the host's request
/// (<c>HttpContext</c>), route values and services, and returns an <see cref="UpgradeResult"/>, also asynchronously.
/// After a rejection the handler is disposed and no other hook runs. An exception answers 500.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnUpgradeAttribute : Attribute;

/// <summary>Runs once when the handshake has been answered and the peer has joined its channels.</summary>
/// <remarks>No message hook runs before it has finished. It may take <see cref="Peer"/>, route values, services and a <see cref="CancellationToken"/>.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnOpenAttribute : Attribute;

/// <summary>Runs for each whole message of the kind that the method takes.</summary>
/// <remarks>
/// The payload is a <c>[Message]</c> type, <see cref="string"/>, <c>ReadOnlySpan&lt;byte&gt;</c>, <c>ReadOnlyMemory&lt;byte&gt;</c>,
/// <c>ReadOnlySequence&lt;byte&gt;</c> or <see cref="Message"/>. A string takes text, bytes take binary messages, and a <see cref="Message"/>
/// takes either kind that no other raw hook takes; with a kind, bytes and <see cref="Message"/> take just that. Raw payloads are borrowed: they are valid until the hook's task ends.
/// Hooks of one peer never overlap and run in the order of the messages. A returned message is sent as the reply.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnMessageAttribute : Attribute
{
    /// <summary>Takes the kind of message that the payload's type stands for.</summary>
    public OnMessageAttribute() { }

    /// <summary>Takes one kind of message: with <see cref="MessageKind.Text"/> the bytes are UTF-8 that has been checked.</summary>
    public OnMessageAttribute(MessageKind kind) => Kind = kind;

    /// <summary>The kind of message, or null where the payload's type decides.</summary>
    public MessageKind? Kind { get; }
}

/// <summary>Runs exactly once for every peer whose open hook began, after any hook still pending, even if that hook threw.</summary>
/// <remarks>
/// It may take a <see cref="CloseEvent"/>. The peer's channels are still listed and publishing works; <c>Send</c> returns
/// <see cref="SendStatus.Closed"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnCloseAttribute : Attribute;

/// <summary>Runs when a hook threw, a message could not be read, or the transport failed.</summary>
/// <remarks>It takes a <see cref="PeerError"/>, whose <see cref="PeerError.Action"/> it may set to decide what happens next.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnErrorAttribute : Attribute;

/// <summary>Runs when what waits to be sent has fallen below <see cref="PeerOptions.DrainThreshold"/> after having been above it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnDrainAttribute : Attribute;

/// <summary>Runs when messages of a channel that the peer is in are or may be missing, because they were published on another node and lost on the way.</summary>
/// <remarks>
/// It may take a <see cref="ChannelGap"/>, which says what is known. Only a host with a backplane has gaps. What is found while another hook runs is told afterwards, and what
/// belongs together in one call. Messages that follow the gap may have been sent to the peer already.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnGapAttribute : Attribute;

/// <summary>Runs when the peer sent a ping, which has been answered already. While another hook runs, pings are coalesced to the latest.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnPingAttribute : Attribute;

/// <summary>Runs when the peer sent a pong. While another hook runs, pongs are coalesced to the latest.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnPongAttribute : Attribute;

/// <summary>Marks a class as a handler and, with a route, lets the compiler check the names of its route values.</summary>
/// <remarks>May be left out where a hook is declared in the class itself.</remarks>
/// <param name="route">The route pattern that <c>MapPeer&lt;T&gt;()</c> maps, such as <c>/rooms/{room}</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PeerHandlerAttribute(string? route = null) : Attribute
{
    /// <summary>The route pattern, or null where <c>MapPeer</c> gives it.</summary>
    public string? Route { get; } = route;
}

/// <summary>Gives a channel a typed address, or joins every peer of a handler to a channel.</summary>
/// <remarks>
/// On a static partial method or property that returns <see cref="PeerChannel{TEvent}"/> the compiler fills in the body: parameters are
/// escaped into the template. On a class, together with <see cref="Join"/>, it joins each peer to a channel that has no address.
/// </remarks>
/// <param name="template">The channel's name, with parameters in braces: <c>room/{room}</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class ChannelAttribute(string template) : Attribute
{
    /// <summary>The channel's name, with parameters in braces.</summary>
    public string Template { get; } = template;

    /// <summary>Whether each peer joins this channel before its open hook, parameters taken from its route.</summary>
    public bool Join { get; set; }
}

/// <summary>Makes a partial type a message: the compiler writes its reader and writer.</summary>
/// <remarks>
/// A partial interface, or a partial abstract class or record, stands for the messages of its assembly that implement or derive from it: it writes whichever
/// it holds, and reads by <c>type</c>.
/// </remarks>
/// <param name="name">The value of <c>type</c> on the wire; the type's name in camel case where it is left out.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = false)]
public sealed class MessageAttribute(string? name = null) : Attribute
{
    /// <summary>The name on the wire, or null for the type's name in camel case.</summary>
    public string? Name { get; } = name;
}

/// <summary>Makes a type that is not yours a message: the compiler writes its reader and writer, and <c>Send</c> and <c>Publish</c> for it.</summary>
/// <typeparam name="T">A class or struct. Hooks of this assembly take and return it like any message.</typeparam>
/// <param name="name">The value of <c>type</c> on the wire; the type's name in camel case where it is left out.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class MessageTypeAttribute<T>(string? name = null) : Attribute
{
    /// <summary>The name on the wire, or null for the type's name in camel case.</summary>
    public string? Name { get; } = name;
}

/// <summary>Gives the converters of System.Text.Json in this assembly's messages the options of a context, and with them the types that it knows.</summary>
/// <remarks>Needed only by converters that serialize other types themselves. Without it they get <see cref="MessageSerializer.Options"/>, which know none.</remarks>
/// <typeparam name="TContext">A context that the generator of System.Text.Json completes.</typeparam>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class MessageContextAttribute<TContext> : Attribute where TContext : System.Text.Json.Serialization.JsonSerializerContext;

/// <summary>Marks a member of type <c>ReadOnlyMemory&lt;byte&gt;</c> that holds JSON in UTF-8, to be passed on as it is. Without the mark its bytes are base64.</summary>
/// <remarks>What is read is a copy. What is written has to be one JSON value.</remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class RawJsonAttribute : Attribute;
