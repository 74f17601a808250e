namespace Peers.Generators;

/// <summary>A channel's address to fill in.</summary>
/// <param name="Declaration">The member without its body.</param>
/// <param name="Name">The member's name as written in source.</param>
/// <param name="Template">The template; null where something was reported, and the body throws.</param>
/// <param name="Arguments">What goes into the template's braces, in their order, as C#.</param>
/// <param name="Setter">The setter that a property has by mistake, or null.</param>
internal sealed record ChannelModel(string Declaration, string Name, string? Template, EquatableArray<string> Arguments, string? Setter);

/// <summary>A channel that every peer of a handler joins.</summary>
/// <param name="Member">The member that is its address; null where the class names it.</param>
/// <param name="IsProperty">Whether that member is a property.</param>
/// <param name="Template">The template.</param>
/// <param name="RouteValues">What goes into the address or the braces, in order.</param>
internal sealed record JoinModel(string? Member, bool IsProperty, string Template, EquatableArray<RouteValueModel> RouteValues);
