namespace Peers.Generators;

/// <summary>The model of one generated file.</summary>
internal interface IGeneratedType
{
    /// <summary>The type that the file completes.</summary>
    TypeShell Shell { get; }

    /// <summary>What the generator reports about it.</summary>
    EquatableArray<DiagnosticModel> Diagnostics { get; }
}

/// <summary>What became of one marked declaration: a model, or the reason why there is none. Never both.</summary>
/// <param name="Model">The model.</param>
/// <param name="Failure">The internal error that kept it from being made.</param>
/// <param name="OldLanguage">Set where the file's language version does not have what is generated.</param>
internal sealed record Outcome<T>(T? Model, DiagnosticModel? Failure = null, DiagnosticModel? OldLanguage = null)
    where T : class, IEquatable<T>;
