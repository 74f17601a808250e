using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.Bench.Compilers;

/// <summary>The generator's pipeline with transforms that do nothing: what Roslyn itself takes to find the attributes after each edit.</summary>
#pragma warning disable RS1036, RS1041, RS1042 // no compiler loads it: the suite runs it
internal sealed class EmptyPipeline : IIncrementalGenerator
#pragma warning restore RS1036, RS1041, RS1042
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        foreach (var trigger in PeerGenerator.Triggers)
        {
            var found = context.SyntaxProvider
                .ForAttributeWithMetadataName(trigger, static (node, _) => node is MemberDeclarationSyntax, static (_, _) => 1)
                .Where(static model => model != 0);
            context.RegisterSourceOutput(found, static (_, _) => { });
        }
    }
}
