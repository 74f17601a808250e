using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>A transform that remembers: a syntax node among the same declarations gives the same model.</summary>
/// <remarks>
/// Roslyn runs every transform again after every edit, and most edits are made inside bodies, which no model depends on. What is kept is plain
/// text and numbers, for as long as its node lives.
/// </remarks>
internal sealed class ModelCache<T>(DeclarationStamp stamp, Guard guard, Func<GeneratorAttributeSyntaxContext, CancellationToken, T?> parse)
    where T : class, IEquatable<T>
{
    private readonly ConditionalWeakTable<SyntaxNode, Entry> _entries = new();

    public Outcome<T>? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var current = stamp.Of(context.SemanticModel.Compilation);
        var entry = _entries.GetValue(context.TargetNode, static _ => new());
        lock (entry)
        {
            if (ReferenceEquals(entry.Stamp, current)) return entry.Outcome;

            (entry.Outcome, entry.Stamp) = (guard.Parse(context, parse, cancellation), current);
            return entry.Outcome;
        }
    }

    private sealed class Entry
    {
        public object? Stamp { get; set; }

        public Outcome<T>? Outcome { get; set; }
    }
}
