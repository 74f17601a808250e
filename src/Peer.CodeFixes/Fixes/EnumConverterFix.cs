using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.CodeFixes;

/// <summary>Gives the enum to its converter as a type argument.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EnumConverterFix)), Shared]
public sealed class EnumConverterFix() : PeerCodeFix("PEER037")
{
    private protected override Remedy? Find(Mistake mistake)
    {
        var attribute = mistake.Around<AttributeSyntax>();
        var converter = attribute?.DescendantNodes().OfType<IdentifierNameSyntax>().FirstOrDefault(n => n.Identifier.ValueText == "JsonStringEnumConverter");
        if (converter is null || EnumOf(attribute!.Parent!.Parent!) is not { } type) return null;

        var generic = SyntaxFactory.GenericName(converter.Identifier.WithoutTrivia(), SyntaxFactory.TypeArgumentList(SyntaxFactory.SingletonSeparatedList(type.WithoutTrivia())));
        return mistake.Remedy("Use the converter for this enum", editor => editor.ReplaceNode(converter, generic.WithTriviaFrom(converter)));
    }

    // The enum that the attribute stands on, or that a member is of.
    private static TypeSyntax? EnumOf(SyntaxNode owner) => owner switch
    {
        EnumDeclarationSyntax declaration => SyntaxFactory.IdentifierName(declaration.Identifier.WithoutTrivia()),
        PropertyDeclarationSyntax property => Bare(property.Type),
        ParameterSyntax { Type: { } parameter } => Bare(parameter),
        _ => null,
    };

    private static TypeSyntax Bare(TypeSyntax type) => type is NullableTypeSyntax nullable ? nullable.ElementType : type;
}
