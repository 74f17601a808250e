using System.Text;

namespace Peers.Tests;

/// <summary>The wire is what System.Text.Json would have written, and what it would have read.</summary>
public sealed class OracleTests
{
    private const int ValuesOfAShape = 100;

    public static TheoryData<Shape> Shapes =>
    [
        new Shape<NoMembers>(), new Shape<OneText>(), new Shape<TwoTexts>(), new Shape<MaybeText>(), new Shape<Letters>(), new Shape<Flags>(),
        new Shape<SmallNumbers>(), new Shape<WholeNumbers>(), new Shape<HugeNumbers>(), new Shape<RealNumbers>(), new Shape<Money>(),
        new Shape<MaybeNumbers>(), new Shape<Ids>(), new Shape<Moments>(), new Shape<Spans>(), new Shape<Links>(), new Shape<Blobs>(),
        new Shape<Kinds>(), new Shape<Arrays>(), new Shape<Lists>(), new Shape<Immutables>(), new Shape<Sets>(), new Shape<Maps>(),
        new Shape<Jagged>(), new Shape<Nested>(), new Shape<Tree>(), new Shape<Named>(), new Shape<Properties>(), new Shape<Mutable>(),
        new Shape<Defaults>(), new Shape<Constructed>(), new Shape<Omitting>(), new Shape<Mixed>(), new Shape<Wide>(), new Shape<Keywords>(),
        new Shape<Dog>(),
        new Shape<NamedKinds>(), new Shape<NamedKindsInside>(), new Shape<Aliased>(), new Shape<FromText>(), new Shape<AsText>(),
        new Shape<NotANumber>(), new Shape<EachItsOwn>(), new Shape<Elements>(), new Shape<RawParts>(), new Shape<Memories>(), new Shape<Converted>(),
        new Shape<ConvertedHere>(), new Shape<ConvertedByFactory>(), new Shape<OneWay>(), new Shape<OneWayConstructed>(), new Shape<Ordered>(),
        new Shape<IncludedPrivates>(), new Shape<RequiredMixed>(), new Shape<StructWithInits>(), new Shape<SetsRequired>(), new Shape<MoreSets>(),
        new Shape<MoreLists>(), new Shape<MoreMaps>(), new Shape<LongArrays>(), new Shape<MessageInside>(), new Shape<Generic<int>>(),
        new Shape<HoldsGeneric>(), new Shape<Fluid>(), new Shape<Grandchild>(), new Shape<Unicode>(), new Shape<DefaultStructs>(), new Shape<Dates>(),
        new Shape<Numbers>(), new Shape<Drawing>(), new Shape<Group>(), new Shape<Board>(), new Shape<Note>(),
    ];

    [Theory, MemberData(nameof(Shapes))]
    public void What_we_write_is_byte_for_byte_what_the_oracle_writes(Shape shape) => shape.WritesAsTheOracle(ValuesOfAShape);

    [Theory, MemberData(nameof(Shapes))]
    public void What_we_write_the_oracle_reads_as_the_same(Shape shape) => shape.IsReadByTheOracle(ValuesOfAShape);

    [Theory, MemberData(nameof(Shapes))]
    public void What_the_oracle_writes_we_read_as_the_same(Shape shape) => shape.ReadsTheOracle(ValuesOfAShape);

    [Theory, MemberData(nameof(Shapes))]
    public void Members_are_read_in_any_order_and_with_any_white_space(Shape shape) => shape.ReadsAnyOrder(ValuesOfAShape);

    [Theory, MemberData(nameof(Shapes))]
    public void No_text_that_is_cut_short_is_a_message(Shape shape) => shape.RefusesWhatIsCutShort(20);

    [Theory, MemberData(nameof(Shapes))]
    public void What_is_damaged_is_refused_where_the_oracle_refuses_it(Shape shape) => shape.AgreesOnDamage(ValuesOfAShape);
}

/// <summary>One type of message under test.</summary>
public abstract class Shape
{
    public abstract void WritesAsTheOracle(int count);

    public abstract void IsReadByTheOracle(int count);

    public abstract void ReadsTheOracle(int count);

    public abstract void ReadsAnyOrder(int count);

    public abstract void RefusesWhatIsCutShort(int count);

    public abstract void AgreesOnDamage(int count);
}

public sealed class Shape<T> : Shape where T : IMessage<T>
{
    // Base types' properties go first here, and last there.
    private static readonly bool s_hasOtherOrder = typeof(T) == typeof(Dog) || typeof(T) == typeof(Grandchild);

    // Some of what these write they do not read.
    private static readonly bool s_isOneWay = typeof(T) == typeof(OneWay) || typeof(T) == typeof(OneWayConstructed);

    public override void WritesAsTheOracle(int count)
    {
        if (s_hasOtherOrder) return;
        foreach (var value in Values(count)) Assert.Equal(Oracle.Write(value), Encoding.UTF8.GetString(MessageSerializer.ToUtf8(in value)));
    }

    public override void IsReadByTheOracle(int count)
    {
        foreach (var value in Values(count))
        {
            Assert.True(Oracle.TryRead<T>(MessageSerializer.ToUtf8(in value), out var read));
            Oracle.AssertSame(AsRead(value), read);
        }
    }

    public override void ReadsTheOracle(int count)
    {
        foreach (var value in Values(count)) AssertReads(value, Oracle.Write(value));
    }

    public override void ReadsAnyOrder(int count)
    {
        var seed = 0;
        foreach (var value in Values(count)) AssertReads(value, Shuffle.Members(Oracle.Write(value), seed++));
    }

    public override void RefusesWhatIsCutShort(int count)
    {
        foreach (var value in Values(count))
        {
            var utf8 = MessageSerializer.ToUtf8(in value);
            var step = Math.Max(1, utf8.Length / 100);
            for (var length = 0; length < utf8.Length; length += step)
            {
                Assert.False(MessageSerializer.TryRead<T>(utf8.AsSpan(0, length), out _, out var error));
                Assert.Equal(MessageReadErrorKind.NotJson, error.Kind);
            }
        }
    }

    public override void AgreesOnDamage(int count)
    {
        var random = new Random(99);
        foreach (var value in Values(count))
        {
            var utf8 = MessageSerializer.ToUtf8(in value);
            var typeEnd = utf8.AsSpan().IndexOf(":"u8) + 2 + T.Type.Length;
            if (typeEnd >= utf8.Length - 1 || typeof(T) == typeof(Named)) continue;

            // In a place behind the type, which the oracle does not know, a byte that JSON has a use for.
            utf8[random.Next(typeEnd, utf8.Length)] = (byte)"{}[]\",:\\ 0123456789-+.eEtruefalsnu\n"[random.Next(35)];

            // Frames let nothing else through, and the oracle does not look at what it keeps as it is.
            if (!System.Text.Unicode.Utf8.IsValid(utf8)) continue;

            var isRead = MessageSerializer.TryRead<T>(utf8, out var ours, out _);
            var isReadThere = Oracle.TryRead<T>(utf8, out var theirs);
            var text = Encoding.UTF8.GetString(utf8);
            if (!isRead && isReadThere && Difference.IsDeliberate(text, theirs)) continue;

            Assert.True(isRead == isReadThere, $"we {(isRead ? "read" : "refuse")}, the oracle does not: {text}");
            if (isRead) Oracle.AssertSame(theirs, ours);
        }
    }

    public override string ToString() => typeof(T).Name;

    private static void AssertReads(T value, string text)
    {
        Assert.True(MessageSerializer.TryRead<T>(Oracle.Utf8(text), out var read, out var error), $"{error}: {text}");
        Oracle.AssertSame(AsRead(value), read);
    }

    private static T AsRead(T value)
    {
        if (!s_isOneWay) return value;

        Assert.True(Oracle.TryRead<T>(Oracle.Utf8(Oracle.Write(value)), out var read));
        return read!;
    }

    private static IEnumerable<T> Values(int count)
    {
        for (var seed = 0; seed < count; seed++) yield return new RandomValue(seed).Of<T>();
    }
}
