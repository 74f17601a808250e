namespace Peers.Generators;

/// <summary>A type marked <c>[Message]</c> that stands for several messages.</summary>
/// <param name="Shell">Where the generated members go.</param>
/// <param name="WireName">What it is called, for logs: it is never on the wire.</param>
/// <param name="Cases">Its messages, in ordinal order.</param>
/// <param name="Diagnostics">What the generator reports about it.</param>
internal sealed record MessageUnionModel(TypeShell Shell, string WireName, EquatableArray<MessageCase> Cases, EquatableArray<DiagnosticModel> Diagnostics) : IGeneratedType;

/// <summary>One message of a type that stands for several.</summary>
/// <param name="Union">That type, from <c>global::</c> on.</param>
/// <param name="Type">The message, from <c>global::</c> on.</param>
/// <param name="WireName">Its name on the wire.</param>
internal sealed record MessageCase(string Union, string Type, string WireName);
