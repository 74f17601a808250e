using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Something about a message that keeps it from being read or written. Never part of a model: it holds symbols.</summary>
/// <param name="Symbol">The property, constructor parameter or type that is wrong.</param>
/// <param name="Type">The type that cannot be on the wire.</param>
/// <param name="Why">A clause that goes on after the symbol's name: <c>is a pointer</c>.</param>
internal record MessageProblem(ISymbol Symbol, ITypeSymbol Type, string Why);

/// <summary>A member whose name on the wire is the protocol's.</summary>
/// <param name="Symbol">The property.</param>
/// <param name="Type">Its type.</param>
/// <param name="WireName">That name.</param>
internal sealed record ProtocolNameProblem(ISymbol Symbol, ITypeSymbol Type, string WireName) : MessageProblem(Symbol, Type, $"is called '{WireName}' on the wire, which belongs to the protocol");

/// <summary>Says what is wrong with a message. It is what the generator itself goes by.</summary>
internal static class MessageTypeChecker
{
    /// <summary>The problems of a type marked <c>[Message]</c>, in the order of its members; none where it can be read and written.</summary>
    public static IReadOnlyList<MessageProblem> Check(INamedTypeSymbol message, Compilation compilation, CancellationToken cancellation) =>
        Parse(message, compilation, cancellation).Problems;

    /// <summary>The parser after it has read such a type.</summary>
    public static MessageParser Parse(INamedTypeSymbol message, Compilation compilation, CancellationToken cancellation)
    {
        var parser = new MessageParser(message, message, compilation, cancellation);
        parser.ParseBody();
        return parser;
    }
}
