using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>A transform that remembers: a syntax node among the same declarations gives the same model.</summary>
/// <remarks>
/// Roslyn runs every transform again after every edit, and most edits are made inside bodies, which no model depends on. What is kept is plain
/// text and numbers, for as long as its node lives.
/// </remarks>
internal sealed class ModelCache<T>(DeclarationStamp stamp, Func<GeneratorAttributeSyntaxContext, CancellationToken, T?> parse)
    where T : class
{
    private readonly ConditionalWeakTable<SyntaxNode, Entry> _entries = new();

    public T? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var current = stamp.Of(context.SemanticModel.Compilation);
        var entry = _entries.GetValue(context.TargetNode, static _ => new());
        lock (entry)
        {
            if (ReferenceEquals(entry.Stamp, current)) return entry.Model;

            (entry.Model, entry.Stamp) = (parse(context, cancellation), current);
            return entry.Model;
        }
    }

    private sealed class Entry
    {
        public object? Stamp { get; set; }

        public T? Model { get; set; }
    }
}
