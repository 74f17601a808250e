using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peers.Generators;

namespace Peers.CodeFixes;

/// <summary>Turns a record into a message.</summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp, Name = nameof(MessageRefactoring)), Shared]
public sealed class MessageRefactoring : CodeRefactoringProvider
{
    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        if (await TypeAtCursor.FindAsync(context).ConfigureAwait(false) is not { Declaration: RecordDeclarationSyntax, Symbol: var record }) return;
        if (record.IsAbstract || record.IsFileLocal || record.HasAttribute(KnownNames.Message)) return;

        var solution = context.Document.Project.Solution;
        var remedy = new Remedy($"Turn '{record.Name}' into a message", "Message", (editor, cancellation) => editor.MakeMessageAsync(record, cancellation));
        context.RegisterRefactoring(CodeAction.Create(remedy.Title, c => PeerCodeFix.ApplyAsync(solution, [remedy], c), remedy.Kind));
    }
}
