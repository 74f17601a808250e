using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Peers.Tests;

public sealed class MessageWriterTests
{
    [Fact]
    public void Every_UTF16_unit_is_escaped_as_the_oracle_does()
    {
        for (var unit = 0; unit <= char.MaxValue; unit++)
        {
            var text = $"a{(char)unit}b";
            if (JsonSerializer.Serialize(text, Oracle.Options) is var expected && Text(text) != expected) Assert.Fail($"U+{unit:X4}: {Text(text)} instead of {expected}");
        }
    }

    [Fact]
    public void Supplementary_characters_and_lone_surrogates_are_written_as_the_oracle_does()
    {
        string[] texts = ["😀", "\U0001F469\u200D\U0001F4BB", "\U00010FFF\U0010FFFF", "\uD800", "\uDC00", "\uDC00\uD800", "a\uD800", "\uD83D\"\uDE00", "é\uD800é", "𐍈\n"];
        foreach (var text in texts) Assert.Equal(JsonSerializer.Serialize(text, Oracle.Options), Text(text));
    }

    [Fact]
    public void An_escape_is_found_at_every_place_of_strings_of_every_length()
    {
        for (var length = 1; length < 70; length++)
        {
            for (var place = 0; place < length; place++)
            {
                foreach (var odd in "\"\\\n\x7Fé€")
                {
                    var letters = new string('x', length).ToCharArray();
                    letters[place] = odd;
                    var text = new string(letters);
                    if (Text(text) != JsonSerializer.Serialize(text, Oracle.Options)) Assert.Fail($"length {length}, place {place}: {Text(text)}");
                }
            }
        }
    }

    [Fact]
    public void Short_decimals_are_written_as_the_oracle_does()
    {
        for (var i = -30_000; i <= 30_000; i++)
        {
            double[] values = [i / 1.0, i / 10.0, i / 100.0, i / 1000.0, i / 10_000.0, i / 100_000.0, i * 1_000_003.0, i * 1e11, i / 3.0];
            foreach (var value in values)
            {
                var expected = JsonSerializer.Serialize(value);
                if (Real(value) != expected) Assert.Fail($"{Real(value)} instead of {expected}");
            }
        }
    }

    [Fact]
    public void Whole_numbers_around_each_change_of_length_are_written_as_the_oracle_does()
    {
        for (var power = 1ul; ; power *= 10)
        {
            foreach (var number in new[] { power - 1, power, power + 1, power * 9 })
            {
                var message = new WholeNumbers((int)number, (uint)number, -(long)number, number);
                AssertAsOracle(message);
            }

            if (power == 10_000_000_000_000_000_000) break;
        }
    }

    [Fact]
    public void The_least_and_the_greatest_whole_numbers_are_written_as_the_oracle_does()
    {
        WholeNumbers[] messages = [new(int.MinValue, uint.MinValue, long.MinValue, ulong.MinValue), new(int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue)];
        foreach (var message in messages) AssertAsOracle(message);
    }

    [Fact]
    public void Short_decimals_of_a_float_are_written_as_the_oracle_does()
    {
        for (var i = -30_000; i <= 30_000; i++)
        {
            float[] values = [i / 1f, i / 10f, i / 100f, i / 1000f, i / 10_000f, i / 1e6f, i * 33f, i * 1e5f, i / 3f];
            foreach (var value in values)
            {
                AssertAsOracle(new RealNumbers(0, value, default));
            }
        }
    }

    [Fact]
    public void Reals_of_any_bits_are_written_as_the_oracle_does()
    {
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            // Of any size, and such as were decimals of some length once.
            var bits = BitConverter.Int64BitsToDouble(random.NextInt64());
            var (value, small) = i % 2 == 0 ? (bits, (float)bits) : (random.Next() / Math.Pow(10, random.Next(12)), random.Next(1 << 24) / MathF.Pow(10, random.Next(9)));
            if (!double.IsFinite(value) || !float.IsFinite(small)) continue;

            AssertAsOracle(new RealNumbers(value, small, default));
        }
    }

    [Fact]
    public void Fractions_of_a_second_and_offsets_are_written_as_the_oracle_does()
    {
        var noon = new DateTime(2026, 12, 31, 12, 0, 0);
        foreach (var ticks in new[] { 0, 1, 10, 1_000, 10_000, 120_000, 1_230_000, 9_999_999, 5_000_000, 1_234_560 })
        {
            foreach (var minutes in new[] { 0, 1, -1, 59, -59, 60, -60, 330, -210, 14 * 60, -14 * 60 })
            {
                foreach (var kind in Enum.GetValues<DateTimeKind>())
                {
                    var message = new Moments(DateTime.SpecifyKind(noon.AddTicks(ticks), kind), new(noon.AddTicks(ticks), TimeSpan.FromMinutes(minutes)), null);
                    AssertAsOracle(message);
                }
            }
        }
    }

    [Fact]
    public void The_first_and_the_last_moments_are_written_as_the_oracle_does()
    {
        foreach (var kind in Enum.GetValues<DateTimeKind>())
        {
            Moments[] messages = [new(DateTime.SpecifyKind(DateTime.MinValue, kind), DateTimeOffset.MinValue, null), new(DateTime.SpecifyKind(DateTime.MaxValue, kind), DateTimeOffset.MaxValue, null)];
            foreach (var message in messages) AssertAsOracle(message);
        }
    }

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void Numbers_that_JSON_has_no_form_for_are_refused_as_the_oracle_does(double value)
    {
        Assert.Throws<ArgumentException>(() => Oracle.Write(new RealNumbers(value, 0, default)));
        Assert.Throws<ArgumentException>(() => MessageSerializer.ToUtf8(new RealNumbers(value, 0, default)));
        Assert.Throws<ArgumentException>(() => MessageSerializer.ToUtf8(new RealNumbers(0, (float)value, default)));
    }

    [Fact]
    public void Null_is_refused_where_the_type_says_that_it_never_is()
    {
        Assert.Throws<JsonException>(() => Oracle.Write(default(OneText)));
        var problem = Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(default(OneText)));
        Assert.Equal("'message.Text' is null, and its type says that it never is.", problem.Message);
    }

    [Fact]
    public void A_message_that_holds_itself_is_refused()
    {
        var tree = new Tree("root", null, []);
        tree.Others.Add(tree);
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(tree));
    }

    [Fact]
    public void A_reply_says_what_it_answers_behind_its_type()
    {
        var buffer = MessageBuffer.Rent();
        buffer.Write(new OneText("hi"), "\"a\\\"b\""u8);
        Assert.Equal("{\"type\":\"oneText\",\"$re\":\"a\\\"b\",\"text\":\"hi\"}", Encoding.UTF8.GetString(buffer.PayloadSpan));
        buffer.Return();
    }

    [Fact]
    public void A_buffer_leaves_room_for_the_header_in_one_piece_with_the_payload()
    {
        var buffer = MessageBuffer.Rent();
        buffer.Write(new OneText(new string('x', 5000)));
        Assert.Equal(MessageBuffer.HeaderSize + buffer.PayloadLength, buffer.Span.Length);
        Assert.True(buffer.Span[MessageBuffer.HeaderSize..].SequenceEqual(buffer.PayloadSpan));
        buffer.Return();
    }

    [Fact]
    public void A_buffer_keeps_no_more_than_64_KiB()
    {
        var buffer = MessageBuffer.Rent();
        buffer.Write(new OneText(new string('x', MessageBuffer.Retained * 2)));
        Assert.True(buffer.Storage.Length > MessageBuffer.Retained);
        buffer.Reset();
        Assert.True(buffer.Storage.Length <= MessageBuffer.Retained);
        buffer.Return();
    }

    [Fact]
    public void A_buffer_in_use_is_not_handed_out_again()
    {
        var first = MessageBuffer.Rent();
        var second = MessageBuffer.Rent();
        Assert.NotSame(first, second);
        first.Return();
        Assert.Same(first, MessageBuffer.Rent());
    }

    [Fact]
    public void A_message_goes_to_any_buffer_writer()
    {
        var destination = new ArrayBufferWriter<byte>();
        MessageSerializer.Write(destination, new TwoTexts("ann", "hi"));
        MessageSerializer.Write(destination, new NoMembers());
        Assert.Equal("{\"type\":\"twoTexts\",\"who\":\"ann\",\"text\":\"hi\"}{\"type\":\"noMembers\"}", Encoding.UTF8.GetString(destination.WrittenSpan));
    }

    [Fact]
    public void A_message_larger_than_the_room_that_is_offered_goes_to_it_whole()
    {
        var destination = new ArrayBufferWriter<byte>(16);
        var message = new TwoTexts(new string('x', 300), new string('é', 4000));
        MessageSerializer.Write(destination, message);
        MessageSerializer.Write(destination, message);
        var expected = Encoding.UTF8.GetString(MessageSerializer.ToUtf8(message));
        Assert.Equal(expected + expected, Encoding.UTF8.GetString(destination.WrittenSpan));
    }

    [Fact]
    public void Nothing_goes_to_a_buffer_writer_where_a_message_cannot_be_written()
    {
        var destination = new ArrayBufferWriter<byte>();
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.Write(destination, new TwoTexts("ann", null!)));
        Assert.Equal(0, destination.WrittenCount);
    }

    private static void AssertAsOracle<T>(T message) where T : IMessage<T>
    {
        var (expected, actual) = (Oracle.Write(message), Encoding.UTF8.GetString(MessageSerializer.ToUtf8(message)));
        if (actual != expected) Assert.Fail($"{actual} instead of {expected}");
    }

    private static string Text(string text) => Encoding.UTF8.GetString(MessageSerializer.ToUtf8(new OneText(text)))["{\"type\":\"oneText\",\"text\":".Length..^1];

    private static string Real(double value) => Encoding.UTF8.GetString(MessageSerializer.ToUtf8(new RealNumbers(value, 0, default)))["{\"type\":\"realNumbers\",\"a\":".Length..].Split(',')[0];
}
