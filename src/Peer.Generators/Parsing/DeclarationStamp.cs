using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Tells compilations apart by what is declared in them, so that a key pressed inside a body need not bind anything again.</summary>
/// <remarks>One for each generator that was initialized. Safe from any thread. A tree is looked into only once it has been replaced by another.</remarks>
internal sealed class DeclarationStamp
{
    // All of what follows is guarded by _lock; the trees are those that the driver itself holds on to.
    private readonly object _lock = new();
    private readonly WeakReference<Compilation?> _compilation = new(null);
    private SyntaxTree[] _trees = [];
    private MetadataReference[] _references = [];
    private CompilationOptions? _options;
    private object _stamp = new();

    /// <summary>An object that stays the same from one compilation to the next while every declaration in it does.</summary>
    public object Of(Compilation compilation)
    {
        lock (_lock)
        {
            if (_compilation.TryGetTarget(out var last) && ReferenceEquals(last, compilation)) return _stamp;

            SyntaxTree[] trees = [.. compilation.SyntaxTrees];
            MetadataReference[] references = [.. compilation.References];
            var isSame = ReferenceEquals(_options, compilation.Options)
                && references.SequenceEqual(_references)
                && trees.Length == _trees.Length
                && trees.Zip(_trees, DeclareTheSame).All(same => same);
            if (!isSame) _stamp = new();

            (_trees, _references, _options) = (trees, references, compilation.Options);
            _compilation.SetTarget(compilation);
            return _stamp;
        }
    }

    private static bool DeclareTheSame(SyntaxTree tree, SyntaxTree other) =>
        ReferenceEquals(tree, other)
        || (tree.FilePath == other.FilePath && tree.Options.Equals(other.Options) && Declarations(tree) == Declarations(other));

    // The text without what stands in bodies. Directives may change what lies behind them, and so may a token that fits nowhere, which the
    // text of no
    // node has: a tree with any of these counts whole.
    private static string Declarations(SyntaxTree tree)
    {
        var root = tree.GetRoot();
        if (root is not CompilationUnitSyntax unit || root.ContainsDirectives || root.ContainsSkippedText) return root.ToFullString();

        var text = new StringBuilder();
        foreach (var part in unit.ChildNodesAndTokens()) Append(text, part);
        return text.ToString();
    }

    private static void Append(StringBuilder text, SyntaxNodeOrToken part)
    {
        switch (part.AsNode())
        {
            case GlobalStatementSyntax:
                break;
            case BlockSyntax:
                text.Append("{}");
                break;
            case ArrowExpressionClauseSyntax:
                text.Append("=>");
                break;
            case MemberDeclarationSyntax or AccessorListSyntax or AccessorDeclarationSyntax:
                foreach (var child in part.ChildNodesAndTokens()) Append(text, child);
                break;
            default:
                text.Append(part.ToString()).Append(' ');
                break;
        }
    }
}
