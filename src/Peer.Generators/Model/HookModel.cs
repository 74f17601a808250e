namespace Peers.Generators;

/// <summary>A method marked as a hook.</summary>
/// <param name="Kind">Which hook it is.</param>
/// <param name="Owner">The type that declares it, from <c>global::</c> on.</param>
/// <param name="Method">The method's name as written in source.</param>
/// <param name="IsStatic">Whether it is static.</param>
/// <param name="Signature">The signature as a person would write it, for the comment above the call.</param>
/// <param name="Takes">Text, binary, or both; only for messages.</param>
/// <param name="Message">The message that it takes, or null.</param>
/// <param name="Parameters">In order.</param>
/// <param name="Returns">What comes back.</param>
/// <param name="IsCovered">Whether the handler, or a class between, has another member of the same name, which a call by that name would
/// find first.</param>
internal sealed record HookModel(
    HookKind Kind,
    string Owner,
    string Method,
    bool IsStatic,
    string Signature,
    MessageKinds Takes,
    MessageRefModel? Message,
    EquatableArray<HookParameterModel> Parameters,
    HookReturnModel Returns,
    bool IsCovered = false)
{
    public bool HasServices => Parameters.Any(p => p.Kind == HookParameterKind.Service);

    public bool IsStream => Returns.Shape == ReturnShape.Stream;

    public bool Borrows => Parameters.Any(p =>
        p.Kind is HookParameterKind.Memory or HookParameterKind.Sequence or HookParameterKind.RawMessage);
}

/// <summary>The hooks, in the order of a peer's life.</summary>
internal enum HookKind
{
    Upgrade,
    Open,
    Message,
    Close,
    Error,
    Drain,
    Gap,
    Ping,
    Pong,
}

/// <summary>The kinds of message that a hook takes.</summary>
[Flags]
internal enum MessageKinds
{
    None = 0,
    Text = 1,
    Binary = 2,
    Both = Text | Binary,
}

/// <summary>A message type that a hook takes.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Type">The type, from <c>global::</c> on.</param>
/// <param name="IsUnion">Whether it stands for several messages.</param>
/// <param name="Wrapper">The message that is made around it, where it is not one itself; else empty.</param>
internal sealed record MessageRefModel(string Name, string Type, bool IsUnion = false, string Wrapper = "")
{
    /// <summary>What is read: the type itself, or the message around it.</summary>
    public string ReadType => Wrapper.Length > 0 ? Wrapper : Type;
}

/// <summary>A parameter of a hook.</summary>
/// <param name="Kind">Where its argument comes from.</param>
/// <param name="Name">As written in source.</param>
/// <param name="Route">The route value, where it is one.</param>
/// <param name="Service">The service, where it is one.</param>
internal sealed record HookParameterModel(HookParameterKind Kind, string Name, RouteValueModel? Route = null, ServiceModel? Service = null);

/// <summary>Where a hook's argument comes from.</summary>
internal enum HookParameterKind
{
    Peer,
    Request,
    HttpContext,
    Cancellation,
    CloseEvent,
    PeerError,
    ChannelGap,
    Route,
    Service,
    Message,
    Text,
    Span,
    Memory,
    Sequence,
    RawMessage,
}

/// <summary>What a hook returns.</summary>
/// <param name="Shape">How it comes.</param>
/// <param name="Value">The type of the value, from <c>global::</c> on; null where there is none.</param>
/// <param name="Wrapper">The message that is made around the value, where it is not one itself; else empty.</param>
internal sealed record HookReturnModel(ReturnShape Shape, string? Value, string Wrapper = "");

/// <summary>How a hook's value, or its end, comes back.</summary>
internal enum ReturnShape
{
    Sync,
    Task,
    ValueTask,

    /// <summary>Values, one after the other.</summary>
    Stream,
}
