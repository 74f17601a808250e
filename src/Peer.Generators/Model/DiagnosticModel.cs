namespace Peers.Generators;

/// <summary>A diagnostic that the generator itself reports. It has a place, so a model with one is never cached for long: there only is one while something is wrong.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="File">The file.</param>
/// <param name="Start">Where the underlined text begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Line">Its line, from 0.</param>
/// <param name="Column">Its column, from 0.</param>
/// <param name="Arguments">What the rule's message is about.</param>
internal sealed record DiagnosticModel(string RuleId, string File, int Start, int Length, int Line, int Column, EquatableArray<string> Arguments);
