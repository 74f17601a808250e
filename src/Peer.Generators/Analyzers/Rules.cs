using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Every diagnostic. An ID is never reused; each has a page under docs/diagnostics.</summary>
/// <remarks>Messages say symbol, fact and remedy.</remarks>
internal static class Rules
{
    public static readonly DiagnosticDescriptor HandlerNotPartial = Handlers(
        "PEER001", "Handler is not partial",
        "Handler '{0}' cannot be completed by the compiler, because '{1}' is not partial. Add 'partial' to '{1}'.");

    public static readonly DiagnosticDescriptor HookSignature = Handlers(
        "PEER002", "Hook takes or returns what it cannot have",
        "Hook '{0}' {1}. {2}.");

    public static readonly DiagnosticDescriptor UnreadablePayload = Handlers(
        "PEER003", "Payload cannot be read from a message",
        "Hook '{0}' takes '{1}', which cannot be read from a message. Take a [Message] type, string, or ReadOnlySpan<byte>.");

    public static readonly DiagnosticDescriptor UnsupportedMember = Messages(
        "PEER004", "Member of a message cannot be serialized",
        "Message '{0}' cannot be serialized, because '{1}', of type '{2}', {3}. Change it, or mark it [JsonIgnore].");

    public static readonly DiagnosticDescriptor MessageNotPartial = Messages(
        "PEER005", "Message is not partial",
        "Message '{0}' cannot be completed by the compiler, because '{1}' is not partial. Add 'partial' to '{1}'.");

    public static readonly DiagnosticDescriptor ChannelTemplate = Channels(
        "PEER006", "Channel template does not fit its parameters",
        "Channel '{0}' {1}. {2}.");

    public static readonly DiagnosticDescriptor ChannelMember = Channels(
        "PEER007", "Channel member cannot be completed",
        "Channel '{0}' {1}. {2}.");

    public static readonly DiagnosticDescriptor CompetingHooks = Handlers(
        "PEER008", "Two hooks take the same",
        "Hook '{0}' takes {1}, which hook '{2}' takes already. Remove one of the two.");

    public static readonly DiagnosticDescriptor AsyncVoidHook = Handlers(
        "PEER009", "Hook is async void",
        "Hook '{0}' is async void, so nothing could wait for it or see its exceptions. Return Task or ValueTask.");

    public static readonly DiagnosticDescriptor MessageNotSealed = Messages(
        "PEER010", "Message class is not sealed",
        "Message '{0}' is not sealed, and a class derived from it would lose its own members on the wire. Add 'sealed' to '{0}'.");

    public static readonly DiagnosticDescriptor AuthorizeOnHook = Handlers(
        "PEER011", "Authorization on a hook is not enforced",
        "Hook '{0}' is marked [{1}], which only the endpoint enforces. Move it to '{2}', or decide in [OnUpgrade].");

    public static readonly DiagnosticDescriptor HandlerCannotBeCreated = Handlers(
        "PEER012", "Handler cannot be created",
        "Handler '{0}' {1}. {2}.");

    public static readonly DiagnosticDescriptor UnknownRouteValue = Handlers(
        "PEER013", "Route has no such value",
        "'{0}' takes the route value '{1}', which the route '{2}' lacks. Rename the parameter, or add '{{{1}}}' to the route.");

    public static readonly DiagnosticDescriptor ChannelOverlap = new(
        "PEER014", "Two addresses can name one channel",
        "Channel '{0}' can have the same name as channel '{1}', but its events are '{2}', not '{3}'. Give both the same event type, or change one template.",
        "Channels", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink("PEER014"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor MessageCannotBeCompleted = Messages(
        "PEER015", "Message cannot be completed",
        "Message '{0}' {1}. {2}.");

    public static readonly DiagnosticDescriptor StreamHookNotStatic = Handlers(
        "PEER016", "Stream hook is not static",
        "Stream hook '{0}' is not static, but runs beside later hooks, which use the same fields. Make it static, and take what it needs as parameters.");

    public static readonly DiagnosticDescriptor StreamHookNotCancellable = new(
        "PEER017", "Stream hook cannot be cancelled",
        "Stream hook '{0}' takes no CancellationToken, so that nothing can end it while it waits for its next item. Take '[EnumeratorCancellation] CancellationToken cancellation'.",
        "Handlers", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink("PEER017"));

    public static readonly DiagnosticDescriptor BlockingHook = new(
        "PEER018", "Hook blocks its thread",
        "Hook '{0}' calls '{1}', which blocks a thread that others wait for. {2}.",
        "Handlers", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink("PEER018"));

    public static readonly DiagnosticDescriptor BorrowedPayload = new(
        "PEER019", "Borrowed payload outlives its hook",
        "Hook '{0}' {1}, which is valid only until the hook's task ends. {2}.",
        "Handlers", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink("PEER019"));

    public static readonly DiagnosticDescriptor ProtocolMember = Messages(
        "PEER020", "Member has a name of the protocol",
        "'{0}.{1}' is called '{2}' on the wire, which belongs to the protocol. Rename it, or give it another name with [JsonPropertyName].");

    public static readonly DiagnosticDescriptor MessagesOfOneName = Handlers(
        "PEER021", "Two messages have one name",
        "Hook '{0}' takes a message called '{1}', and so does hook '{2}', of another type. Give one of the two another name in [Message].");

    public static readonly DiagnosticDescriptor ReplyNotMessage = Handlers(
        "PEER022", "Reply is not a message",
        "Hook '{0}' replies with '{1}', which is not a message. Mark it [Message], or return a type that is.");

    public static readonly DiagnosticDescriptor UnmarkedService = Handlers(
        "PEER023", "Service is not marked",
        "Hook '{0}' takes '{1} {2}', which [{3}] does not give. Mark it [FromServices] if it is a service.");

    public static readonly DiagnosticDescriptor RouteValueConversion = Handlers(
        "PEER024", "Route value cannot be converted",
        "'{0}' takes the route value '{1}' as '{2}', which no text can become. Take string, an enum, or a type that implements IParsable<T>.");

    public static readonly DiagnosticDescriptor UnmarkedRouteValue = Handlers(
        "PEER025", "Route value is not marked",
        "Hook '{0}' takes '{1} {2}', which [{3}] does not give, but the route '{4}' has a value of that name. Mark it [FromRoute].");

    public static readonly DiagnosticDescriptor EndlessWait = new(
        "PEER026", "Hook may wait for ever",
        "Hook '{0}' awaits '{1}' without a CancellationToken, perhaps for ever after its peer has left. Pass it one: a hook may take it, and it is Peer.Closed.",
        "Handlers", DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpLink("PEER026"));

    public static readonly DiagnosticDescriptor HidingNamespace = new(
        "PEER027", "Namespace hides the type Peer",
        "Namespace '{0}' begins with 'Peer', which hides the type Peers.Peer. Begin it with another name.",
        "Handlers", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink("PEER027"));

    public static readonly DiagnosticDescriptor LentToNobody = new(
        "PEER028", "Hooks are lent to nobody",
        "Class '{0}' is abstract and no handler is derived from it, so its hooks never run. Derive a handler from it, or remove 'abstract'.",
        "Handlers", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink("PEER028"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    private static DiagnosticDescriptor Handlers(string id, string title, string message) => Error(id, title, message, "Handlers");

    private static DiagnosticDescriptor Messages(string id, string title, string message) => Error(id, title, message, "Messages");

    private static DiagnosticDescriptor Channels(string id, string title, string message) => Error(id, title, message, "Channels");

    private static DiagnosticDescriptor Error(string id, string title, string message, string category) =>
        new(id, title, message, category, DiagnosticSeverity.Error, isEnabledByDefault: true,
            helpLinkUri: HelpLink(id));

    private static string HelpLink(string id) => $"https://github.com/peer-dotnet/peer/blob/main/docs/diagnostics/{id}.md";
}
