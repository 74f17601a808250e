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
        "Hook '{0}' takes '{1}', which cannot be read from a message. {2}.");

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

    public static readonly DiagnosticDescriptor ChannelOverlap = Channels(
        "PEER014", "Two addresses can name one channel",
        "Channel '{0}' can have the same name as channel '{1}', but its events are '{2}', not '{3}'. Give both the same event type, or change one template.",
        DiagnosticSeverity.Warning, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor MessageCannotBeCompleted = Messages(
        "PEER015", "Message cannot be completed",
        "Message '{0}' {1}. {2}.");

    public static readonly DiagnosticDescriptor StreamHookNotStatic = Handlers(
        "PEER016", "Stream hook is not static",
        "Stream hook '{0}' is not static, but runs beside later hooks, which use the same fields. Make it static, and take what it needs as parameters.");

    public static readonly DiagnosticDescriptor StreamHookNotCancellable = Handlers(
        "PEER017", "Stream hook cannot be cancelled",
        "Stream hook '{0}' takes no CancellationToken, so that nothing can end it while it waits for its next item. Take '[EnumeratorCancellation] CancellationToken cancellation'.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor BlockingHook = Handlers(
        "PEER018", "Hook blocks its thread",
        "Hook '{0}' calls '{1}', which blocks a thread that others wait for. {2}.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor BorrowedPayload = Handlers(
        "PEER019", "Borrowed payload outlives its hook",
        "Hook '{0}' borrows '{1}' until its task ends, but {2}. {3}.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor ProtocolMember = Messages(
        "PEER020", "Member has a name of the protocol",
        "'{0}.{1}' is called '{2}' on the wire, which belongs to the protocol. Rename it, or give it another name with [JsonPropertyName].");

    public static readonly DiagnosticDescriptor MessagesOfOneName = Handlers(
        "PEER021", "Two messages have one name",
        "Hook '{0}' takes a message called '{1}', and so does hook '{2}', of another type. Give one of the two another name in [Message].");

    public static readonly DiagnosticDescriptor ReplyNotMessage = Handlers(
        "PEER022", "Reply is not a message",
        "Hook '{0}' replies with '{1}', which is not a message. {2}.");

    public static readonly DiagnosticDescriptor UnmarkedService = Handlers(
        "PEER023", "Service is not marked",
        "Hook '{0}' takes '{1} {2}', which [{3}] does not give. Mark it [FromServices] if it is a service.");

    public static readonly DiagnosticDescriptor RouteValueConversion = Handlers(
        "PEER024", "Route value cannot be converted",
        "'{0}' takes the route value '{1}' as '{2}', which no text can become. Take string, an enum, or a type that implements IParsable<T>.");

    public static readonly DiagnosticDescriptor UnmarkedRouteValue = Handlers(
        "PEER025", "Route value is not marked",
        "Hook '{0}' takes '{1} {2}', which [{3}] does not give, but the route '{4}' has a value of that name. Mark it [FromRoute].");

    public static readonly DiagnosticDescriptor EndlessWait = Handlers(
        "PEER026", "Hook may wait for ever",
        "Hook '{0}' awaits '{1}' without a CancellationToken, perhaps for ever after its peer has left. Pass it one: a hook may take it, and it is Peer.Closed.",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor HidingNamespace = Handlers(
        "PEER027", "Namespace hides the type Peer",
        "Namespace '{0}' begins with 'Peer', which hides the type Peers.Peer. Begin it with another name.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor LentToNobody = Handlers(
        "PEER028", "Hooks are lent to nobody",
        "Class '{0}' is abstract and no handler is derived from it, so its hooks never run. Derive a handler from it, or remove 'abstract'.",
        DiagnosticSeverity.Warning, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor MessageLeftOut = Messages(
        "PEER030", "Message is not among those that its base type stands for",
        "Message '{0}' {1}, so that '{2}' does not stand for it: it cannot be sent or read as one. {3}.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor UnionOfOneName = Messages(
        "PEER031", "Two messages of one name behind one type",
        "Message '{0}' is called '{1}' on the wire, as '{2}' is, and '{3}' stands for both. Give one of the two another name.",
        DiagnosticSeverity.Error, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor TypeIsNoMessage = Messages(
        "PEER032", "Type cannot be a message",
        "Type '{0}' {1}, so that it cannot be a message. {2}.",
        DiagnosticSeverity.Error, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor InternalError = Rule(
        "PEER033", "Internal error of the generator",
        "Type '{0}' could not be completed, because of an error in the generator itself ({1}). Report it, with the declaration of the type.",
        "Generator", DiagnosticSeverity.Error, []);

    public static readonly DiagnosticDescriptor OldLanguage = Rule(
        "PEER034", "Language version is too old",
        "'{0}' is compiled as C# {1}, and what is generated for it needs C# 13. Remove LangVersion from the project, or set it to 13 or later.",
        "Generator", DiagnosticSeverity.Error, []);

    public static readonly DiagnosticDescriptor AttributeNotImported = Handlers(
        "PEER035", "Attribute is not imported",
        "'{0}' marks '{1}' [{2}], an attribute that is not imported here. Add 'using {3};'.");

    public static readonly DiagnosticDescriptor HiddenFromOtherAssemblies = Handlers(
        "PEER036", "Handlers of other assemblies do not have it",
        "'{0}' is {1}, so that a handler that is derived from '{2}' in another assembly does not have it, and is not told so. Make it protected.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor DynamicEnumConverter = Messages(
        "PEER037", "Enum converter cannot be compiled ahead of time",
        "'{0}' has the converter 'JsonStringEnumConverter', which Native AOT cannot compile. Use 'JsonStringEnumConverter<{1}>'.",
        DiagnosticSeverity.Info, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor UnreadableRoute = Handlers(
        "PEER038", "Route cannot be read",
        "Handler '{0}' has the route '{1}', in which {2}. Write route values as {{name}}.");

    public static readonly DiagnosticDescriptor NoHandler = Handlers(
        "PEER039", "Type is no handler",
        "'{0}' takes a handler, and '{1}' is none. {2}.");

    public static readonly DiagnosticDescriptor NoMessage = Messages(
        "PEER040", "Type is no message",
        "'{0}' takes a message, and '{1}' is none. {2}.");

    public static readonly DiagnosticDescriptor NotOfChannel = Channels(
        "PEER041", "Message is none of the channel's events",
        "'{0}' publishes '{1}' in a channel of '{2}', which it is not. {3}.");

    private static DiagnosticDescriptor Handlers(string id, string title, string message, DiagnosticSeverity severity = DiagnosticSeverity.Error, params string[] tags) =>
        Rule(id, title, message, "Handlers", severity, tags);

    private static DiagnosticDescriptor Messages(string id, string title, string message, DiagnosticSeverity severity = DiagnosticSeverity.Error, params string[] tags) =>
        Rule(id, title, message, "Messages", severity, tags);

    private static DiagnosticDescriptor Channels(string id, string title, string message, DiagnosticSeverity severity = DiagnosticSeverity.Error, params string[] tags) =>
        Rule(id, title, message, "Channels", severity, tags);

    private static DiagnosticDescriptor Rule(string id, string title, string message, string category, DiagnosticSeverity severity, string[] tags) =>
        new(id, title, message, category, severity, isEnabledByDefault: true, description: null, HelpLink(id), tags);

    private static string HelpLink(string id) => $"https://github.com/peer-dotnet/peer/blob/main/docs/diagnostics/{id}.md";
}
