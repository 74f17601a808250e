using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Peers.Tests;

namespace Peers.Fuzzing;

/// <summary>Generated readers: nothing is thrown for what a text holds, and what is accepted System.Text.Json accepts too, as the same value.</summary>
/// <remarks>Input: a text. Its <c>type</c> says which message it is read as, as in a handler; one without is read as <see cref="Everything"/>.</remarks>
internal sealed class MessageTarget : IFuzzTarget
{
    private static readonly Dictionary<string, Shape> s_shapes = new Shape[]
    {
        new Shape<NoMembers>(), new Shape<OneText>(), new Shape<TwoTexts>(), new Shape<MaybeText>(), new Shape<Letters>(), new Shape<Flags>(),
        new Shape<SmallNumbers>(), new Shape<WholeNumbers>(), new Shape<HugeNumbers>(), new Shape<RealNumbers>(), new Shape<Money>(),
        new Shape<MaybeNumbers>(), new Shape<Ids>(), new Shape<Moments>(), new Shape<Spans>(), new Shape<Links>(), new Shape<Blobs>(),
        new Shape<Kinds>(), new Shape<Arrays>(), new Shape<Lists>(), new Shape<Immutables>(), new Shape<Sets>(), new Shape<ReadOnlys>(hasOracle: false), new Shape<Maps>(),
        new Shape<Jagged>(), new Shape<Nested>(), new Shape<Tree>(), new Shape<Named>(), new Shape<Properties>(), new Shape<Mutable>(),
        new Shape<Defaults>(), new Shape<Constructed>(), new Shape<Omitting>(), new Shape<Mixed>(), new Shape<Wide>(), new Shape<Keywords>(),
        new Shape<Dog>(), new Shape<Everything>(),
        new Shape<NamedKinds>(), new Shape<NamedKindsInside>(), new Shape<Aliased>(), new Shape<FromText>(), new Shape<AsText>(),
        new Shape<NotANumber>(), new Shape<EachItsOwn>(), new Shape<Elements>(), new Shape<RawParts>(), new Shape<Memories>(), new Shape<Converted>(),
        new Shape<ConvertedHere>(), new Shape<ConvertedByFactory>(), new Shape<OneWay>(), new Shape<OneWayConstructed>(), new Shape<Ordered>(),
        new Shape<IncludedPrivates>(), new Shape<RequiredMixed>(), new Shape<StructWithInits>(), new Shape<SetsRequired>(), new Shape<MoreSets>(),
        new Shape<MoreLists>(), new Shape<MoreMaps>(), new Shape<LongArrays>(), new Shape<MessageInside>(), new Shape<Generic<int>>(),
        new Shape<HoldsGeneric>(), new Shape<Fluid>(), new Shape<Grandchild>(), new Shape<Unicode>(), new Shape<DefaultStructs>(), new Shape<Dates>(),
        new Shape<Numbers>(), new Shape<Drawing>(), new Shape<Group>(), new Shape<Board>(), new Shape<Note>(),
    }.ToDictionary(shape => shape.Type);

    public string Name => "message";

    public void Run(ReadOnlySpan<byte> input)
    {
        var isType = MessageEnvelope.TryReadType(input, out var type, out _);
        if (MessageEnvelope.TryScan(input, out _, out var id, out var error)) Claim.That(id.IsEmpty || MessageEnvelope.IsRequestId(id));
        else Claim.Same(MessageReadErrorKind.NotJson, error.Kind);

        var name = isType ? Encoding.UTF8.GetString(type) : "everything";
        s_shapes.GetValueOrDefault(name, s_shapes["everything"]).Read(input);
    }

    private abstract class Shape
    {
        public abstract string Type { get; }

        public abstract void Read(ReadOnlySpan<byte> utf8);
    }

    // There is no oracle for members that only we read.
    private sealed class Shape<T>(bool hasOracle = true) : Shape where T : IMessage<T>
    {
        public override string Type => T.Type;

        public override void Read(ReadOnlySpan<byte> utf8)
        {
            var isRead = MessageSerializer.TryRead<T>(utf8, out var ours, out var error);
            if (!isRead) CheckRefused(utf8, error);

            // Frames let no other text through.
            if (!isRead || !Utf8.IsValid(utf8)) return;
            if (hasOracle) CheckAgainstOracle(utf8, ours!);
            CheckWritten(ours!);
        }

        private static void CheckAgainstOracle(ReadOnlySpan<byte> utf8, T ours)
        {
            Claim.That(Oracle.TryRead<T>(utf8, out var theirs), "the oracle reads it too");
            if (!HasForm(ours)) return;
            Claim.That(JsonNode.DeepEquals(Oracle.Form(theirs), Oracle.Form(ours)), "the oracle reads the same");
        }

        // What is kept as it is may hold half a surrogate pair, for which a document has no form.
        private static bool HasForm(T message) => Oracle.HasForm(message);

        private static void CheckRefused(ReadOnlySpan<byte> utf8, in MessageReadError error)
        {
            Claim.That(error.Kind is MessageReadErrorKind.NotJson or MessageReadErrorKind.Invalid);
            Claim.That(error.Position >= 0 && error.Position <= utf8.Length);
            Claim.That(error.Reason.EndsWith('.'));
        }

        private static void CheckWritten(T message)
        {
            var utf8 = MessageSerializer.ToUtf8(in message);
            Claim.That(MessageSerializer.TryRead<T>(utf8, out var again, out _), "what was written can be read");
            if (HasForm(message)) Claim.That(JsonNode.DeepEquals(Oracle.Form(message), Oracle.Form(again)), "what was written reads as the same");
        }
    }
}
