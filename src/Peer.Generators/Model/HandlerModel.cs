namespace Peers.Generators;

// Records of strings, enums and equatable arrays, and they must stay so: a symbol, a syntax node or a location in here
// would never be equal to that of the next keystroke, and would keep whole compilations alive.

/// <summary>A type with hooks, channels or both.</summary>
/// <param name="Shell">Where the members go.</param>
/// <param name="Handler">The hooks, or null where the type only has channels.</param>
/// <param name="Channels">The addresses to fill in.</param>
/// <param name="TemplatesName">The class of its own file that holds the templates of channels, from <c>global::</c> on.</param>
/// <param name="Diagnostics">What the generator reports about it.</param>
internal sealed record PeerTypeModel(
    TypeShell Shell, HandlerModel? Handler, EquatableArray<ChannelModel> Channels, string TemplatesName, EquatableArray<DiagnosticModel> Diagnostics) : IGeneratedType;

/// <summary>What the compiler writes for a handler.</summary>
/// <param name="IsValid">False where something was reported: then the shape is emitted, with bodies that throw.</param>
/// <param name="Route">The route of <c>[PeerHandler]</c>, or null.</param>
/// <param name="Constructor">What the constructor takes.</param>
/// <param name="Hooks">In the order of the source, those of base classes first.</param>
/// <param name="Joins">The channels to join before open.</param>
/// <param name="RouteValues">The route values that hooks and joins take, each once.</param>
/// <param name="UsesObsolete">Whether a hook, a channel to join or the constructor is obsolete, which only what is obsolete itself may
/// use.</param>
internal sealed record HandlerModel(
    bool IsValid,
    string? Route,
    EquatableArray<ConstructorParameterModel> Constructor,
    EquatableArray<HookModel> Hooks,
    EquatableArray<JoinModel> Joins,
    EquatableArray<RouteValueModel> RouteValues,
    bool UsesObsolete = false)
{
    public static HandlerModel Invalid { get; } = new(false, null, default, default, default, default);
}

/// <summary>A parameter of the handler's constructor.</summary>
/// <param name="Name">As written in source.</param>
/// <param name="Service">What is resolved; null where the parameter is left to its default.</param>
internal sealed record ConstructorParameterModel(string Name, ServiceModel? Service);

/// <summary>A service to resolve.</summary>
/// <param name="Type">The service type, from <c>global::</c> on.</param>
/// <param name="Key">The key as a C# literal, or null.</param>
/// <param name="IsOptional">Whether null will do.</param>
internal sealed record ServiceModel(string Type, string? Key, bool IsOptional);

/// <summary>A route value that somebody takes.</summary>
/// <param name="Name">Its name in the route.</param>
/// <param name="Type">What it is parsed as, from <c>global::</c> on; null for text.</param>
/// <param name="IsEnum">Whether that type is an enum.</param>
/// <param name="IsOptional">Whether it may be missing.</param>
/// <param name="IsCertain">Whether the route of <c>[PeerHandler]</c> always has it.</param>
internal sealed record RouteValueModel(string Name, string? Type, bool IsEnum, bool IsOptional, bool IsCertain);
