using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads which messages a hook takes: those of one type, raw text, binary, or both.</summary>
internal static class HookPayload
{
    private const int Binary = 2;

    public static MessageKinds Takes(HookKind kind, AttributeData attribute, List<HookParameterModel> parameters, HookProblems problems)
    {
        var payloads = parameters.Where(IsPayload).ToArray();
        if (payloads.Length > 1) problems.Signature("takes more than one payload", "Take one");
        if (kind != HookKind.Message || problems.Any) return MessageKinds.None;

        if (payloads.Length == 0)
        {
            problems.Signature("takes no payload", "Take a [Message] type, string, or ReadOnlySpan<byte>");
            return MessageKinds.None;
        }

        var natural = Natural(payloads[0].Kind);
        if (Asked(attribute) is not { } asked) return natural;

        var isText = payloads[0].Kind is HookParameterKind.Message or HookParameterKind.Text;
        if (isText && asked == MessageKinds.Binary) problems.Signature("takes text, but is marked for binary messages", "Take ReadOnlySpan<byte>, or remove the kind");
        return asked;
    }

    public static MessageRefModel? Message(IMethodSymbol method, List<HookParameterModel> parameters)
    {
        var index = parameters.FindIndex(p => p.Kind == HookParameterKind.Message);
        if (index < 0) return null;

        var type = method.Parameters[index].Type;
        return new(MessageTypes.NameOf(type, method.ContainingAssembly)!, type.FullNotNull(), MessageUnionParser.IsUnion(type), MessageTypes.WrapperOf(type, method.ContainingAssembly));
    }

    private static MessageKinds Natural(HookParameterKind payload) => payload switch
    {
        HookParameterKind.Message or HookParameterKind.Text => MessageKinds.Text,
        HookParameterKind.RawMessage => MessageKinds.Both,
        _ => MessageKinds.Binary,
    };

    private static MessageKinds? Asked(AttributeData attribute) =>
        attribute.ConstructorArguments is { Length: 1 } arguments
            ? arguments[0].Value is Binary ? MessageKinds.Binary : MessageKinds.Text
            : null;

    private static bool IsPayload(HookParameterModel parameter) => parameter.Kind >= HookParameterKind.Message;
}
