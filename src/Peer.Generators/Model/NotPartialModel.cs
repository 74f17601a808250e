namespace Peers.Generators;

/// <summary>A type that ought to be partial, and where it is declared: there only is one while that is so, and nothing about it is cached for long.</summary>
/// <param name="RuleId">The rule that says so.</param>
/// <param name="File">The file.</param>
/// <param name="Start">Where the type's name begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Line">Its line, from 0.</param>
/// <param name="Column">Its column, from 0.</param>
/// <param name="Arguments">What the rule's message is about.</param>
internal sealed record NotPartialModel(string RuleId, string File, int Start, int Length, int Line, int Column, EquatableArray<string> Arguments);
