using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Writes the dispatch of handlers and the serialization of messages.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class PeerGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
    }
}
