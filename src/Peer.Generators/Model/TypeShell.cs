namespace Peers.Generators;

/// <summary>Where generated members go: the type and the types around it, each as it must be reopened.</summary>
/// <param name="Namespace">The namespace, or empty for the global one.</param>
/// <param name="Declarations">Outermost first, such as <c>partial class Outer&lt;T&gt;</c> and <c>partial record struct Inner</c>.</param>
/// <param name="FullName">The type itself from <c>global::</c> on.</param>
/// <param name="Name">The type's name as it is written in source.</param>
/// <param name="HintName">The file to generate, without kind and extension: see <see cref="Generators.HintName"/>.</param>
internal sealed record TypeShell(string Namespace, EquatableArray<string> Declarations, string FullName, string Name, string HintName);
