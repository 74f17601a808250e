using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Makes an <c>async void</c> hook return a task.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AsyncTaskFix)), Shared]
public sealed class AsyncTaskFix() : PeerCodeFix("PEER009")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        if (mistake.Around<MethodDeclarationSyntax>() is not { } hook) return null;

        return mistake.Remedy("Return Task", editor =>
        {
            editor.Import("System.Threading.Tasks", "Task");
            editor.ReplaceNode(hook.ReturnType, (current, _) => SyntaxFactory.IdentifierName("Task").WithTriviaFrom(current));
        });
    }
}
