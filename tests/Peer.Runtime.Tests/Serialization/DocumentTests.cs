namespace Peers.Tests;

/// <summary>Texts, whole and odd and broken, that are read or refused as the oracle reads or refuses them.</summary>
public sealed class DocumentTests
{
    private static readonly string[] s_members =
    [
        // Texts.
        "\"t\":\"\"", "\"t\":\"plain\"", "\"t\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"t\":\"\\u0041\\u00e9\\u20AC\"", "\"t\":\"\\uD83D\\uDE00\"", "\"t\":\"😀é€\"",
        "\"t\":\"\\u0000\"", "\"t\":\"\x7F\"", "\"t\":\"\\uD800\"", "\"t\":\"\\uDC00\"", "\"t\":\"\\uD800x\"", "\"t\":\"\\uD800\\u0041\"", "\"t\":\"\\uDC00\\uD800\"",
        "\"t\":\"\\x41\"", "\"t\":\"\\u12\"", "\"t\":\"\\u12G4\"", "\"t\":\"\\U0041\"", "\"t\":\"tab\there\"", "\"t\":\"line\nhere\"", "\"t\":\"nul\0here\"", "\"t\":\"\x1F\"",
        "\"t\":'single'", "\"t\":\"open", "\"t\":\"open\\", "\"t\":\"open\\\"", "\"t\":bare", "\"t\":null", "\"t\":1", "\"t\":true", "\"t\":[]", "\"t\":{}", "\"t\":",
        "\"m\":null", "\"m\":\"x\"", "\"m\":nul", "\"m\":NULL", "\"m\":nulll", "\"m\":undefined",
        // Whole numbers.
        "\"i\":0", "\"i\":-0", "\"i\":7", "\"i\":-7", "\"i\":2147483647", "\"i\":2147483648", "\"i\":-2147483648", "\"i\":-2147483649", "\"i\":99999999999999999999",
        "\"i\":00", "\"i\":01", "\"i\":-01", "\"i\":+1", "\"i\":-", "\"i\":1.0", "\"i\":1.5", "\"i\":1e2", "\"i\":1E0", "\"i\":1.", "\"i\":.5", "\"i\":0x10", "\"i\":1_000",
        "\"i\":\"1\"", "\"i\":null", "\"i\":true", "\"i\":1 2", "\"i\":--1", "\"i\":1-", "\"i\":1e", "\"i\":1e+", "\"i\":1a", "\"i\":Infinity", "\"i\":NaN", "\"i\":１",
        "\"l\":9223372036854775807", "\"l\":9223372036854775808", "\"l\":-9223372036854775808", "\"l\":-9223372036854775809", "\"l\":18446744073709551616",
        "\"u\":18446744073709551615", "\"u\":18446744073709551616", "\"u\":-1", "\"u\":-0", "\"u\":184467440737095516150", "\"u\":00000000000000000000001",
        "\"b\":255", "\"b\":256", "\"b\":-1", "\"b\":0",
        // Real numbers.
        "\"d\":0", "\"d\":-0", "\"d\":0.0", "\"d\":-0.0", "\"d\":1.5", "\"d\":-1.5e-10", "\"d\":1E5", "\"d\":1e+5", "\"d\":1e400", "\"d\":-1e400", "\"d\":1e-400", "\"d\":0.1",
        "\"d\":123456789012345.6", "\"d\":999999999999999.9", "\"d\":0.000000000000001", "\"d\":9007199254740993", "\"d\":5e-324", "\"d\":2.2250738585072011e-308",
        "\"d\":1.7976931348623157e308", "\"d\":1.", "\"d\":.1", "\"d\":-.1", "\"d\":1.e1", "\"d\":01.5", "\"d\":-", "\"d\":1e1.5", "\"d\":NaN", "\"d\":\"1.5\"", "\"d\":\"NaN\"",
        "\"d\":1.23456789012345678901234567890", "\"d\":null",
        "\"p\":79228162514264337593543950335", "\"p\":79228162514264337593543950336", "\"p\":1.10", "\"p\":1e2", "\"p\":1e-30", "\"p\":-0.0", "\"p\":1e29",
        // Words.
        "\"f\":true", "\"f\":false", "\"f\":True", "\"f\":tru", "\"f\":truee", "\"f\":0", "\"f\":\"true\"", "\"f\":null",
        // What is written as a string.
        "\"g\":\"01234567-89ab-cdef-0123-456789ABCDEF\"", "\"g\":\"0123456789abcdef0123456789abcdef\"", "\"g\":\"{01234567-89ab-cdef-0123-456789abcdef}\"", "\"g\":\"\"",
        "\"g\":\"01234567-89ab-cdef-0123-456789abcdef \"", "\"g\":\"\\u00301234567-89ab-cdef-0123-456789abcdef\"", "\"g\":1",
        "\"c\":\"x\"", "\"c\":\"xy\"", "\"c\":\"\"", "\"c\":\"é\"", "\"c\":\"\\n\"", "\"c\":\"😀\"", "\"c\":\"\\uD800\"", "\"c\":5",
        "\"a\":\"\"", "\"a\":\"AQID\"", "\"a\":\"AQ==\"", "\"a\":\"AQ=\"", "\"a\":\"AQ\"", "\"a\":\"A Q I D\"", "\"a\":\"A-_D\"", "\"a\":\"\\u0041QID\"", "\"a\":null", "\"a\":[1]",
        "\"w\":\"2026-01-31T13:37:00Z\"", "\"w\":\"2026-01-31T13:37:00\"", "\"w\":\"2026-01-31T13:37:00.1234567Z\"", "\"w\":\"2026-01-31T13:37:00.12345678Z\"",
        "\"w\":\"2026-01-31T13:37Z\"", "\"w\":\"2026-01-31\"", "\"w\":\"2026-01-31T13:37:00+02:00\"", "\"w\":\"2026-01-31T13:37:00+02\"", "\"w\":\"2026-01-31T24:00:00\"",
        "\"w\":\"2026-02-29T00:00:00\"", "\"w\":\"2024-02-29T00:00:00\"", "\"w\":\"2026-1-31T00:00:00\"", "\"w\":\"2026-01-31 13:37:00\"", "\"w\":\"2026-01-31T13:37:60\"",
        "\"w\":\"2026-01-31T13:37:00.\"", "\"w\":\"2026-01-31T13:37:00z\"", "\"w\":\"0000-01-01T00:00:00\"", "\"w\":\"0001-01-01T00:00:00\"", "\"w\":\"\"", "\"w\":0",
        "\"o\":\"2026-01-31T13:37:00+02:00\"", "\"o\":\"2026-01-31T13:37:00-14:00\"", "\"o\":\"2026-01-31T13:37:00+14:01\"", "\"o\":\"2026-01-31T13:37:00Z\"",
        "\"o\":\"2026-01-31T13:37:00\"", "\"o\":\"2026-01-31T13:37:00+2:00\"", "\"o\":\"0001-01-01T00:00:00+02:00\"", "\"o\":\"9999-12-31T23:59:59-02:00\"", "\"o\":\"2026-01-31T13:37:00+0200\"",
        // Half a pair of surrogates where a date belongs: what reads the odd forms of dates used to throw.
        "\"w\":\"\\uD800\"", "\"w\":\"\\uDE00\"", "\"w\":\"2026-01-31T13:37:00\\uD800\"", "\"o\":\"\\uD800\"", "\"o\":\"2026-01-31T13:37:00\\uDE00\"", "\"o\":\"\\uDE00\"", "\"w\":\"\\u0032026-01-31\"", "\"o\":\"\\u0032026-01-31\"",
        "\"y\":\"\\uD800\"", "\"h\":\"\\uD800\"", "\"s\":\"\\uD800\"", "\"v\":\"\\uD800\"", "\"r\":\"\\uD800\"", "\"a\":\"\\uD800\"", "\"g\":\"\\uD800\"",
        "\"y\":\"2026-01-31\"", "\"y\":\"2026-02-30\"", "\"y\":\"2026-01-31T00:00:00\"", "\"y\":\"26-01-31\"", "\"y\":\"\"", "\"y\":\"2026\\u002d01-31\"",
        "\"h\":\"13:37:00\"", "\"h\":\"13:37:00.1\"", "\"h\":\"13:37\"", "\"h\":\"24:00:00\"", "\"h\":\"1:37:00\"", "\"h\":\"13:37:00.12345678\"", "\"h\":\"-13:37:00\"", "\"h\":\"1.13:37:00\"",
        "\"s\":\"00:00:01\"", "\"s\":\"-1.02:03:04.5678900\"", "\"s\":\"10675199.02:48:05.4775807\"", "\"s\":\"10675199.02:48:05.4775808\"", "\"s\":\" 00:00:01\"", "\"s\":\"00:00:01 \"", "\"s\":\"1\"", "\"s\":\"24:00:00\"",
        "\"v\":\"1.2\"", "\"v\":\"1.2.3.4\"", "\"v\":\"1\"", "\"v\":\"1.2.3.4.5\"", "\"v\":\" 1.2\"", "\"v\":\"1.2 \"", "\"v\":\"1.-2\"", "\"v\":\"\"",
        "\"r\":\"https://example.org/\"", "\"r\":\"a/b\"", "\"r\":\"\"", "\"r\":\"http://[\"", "\"r\":null",
        "\"e\":1", "\"e\":200", "\"e\":77", "\"e\":256", "\"e\":\"Small\"", "\"e\":-1", "\"e\":1.0",
        // Collections.
        "\"n\":[]", "\"n\":[1,2]", "\"n\":[ 1 , 2 ]", "\"n\":[1,]", "\"n\":[,1]", "\"n\":[1 2]", "\"n\":[1", "\"n\":[", "\"n\":]", "\"n\":[null]", "\"n\":{}", "\"n\":[1}", "\"n\":[[1]]", "\"n\":null", "\"n\":[1,,2]",
        "\"k\":{}", "\"k\":{\"a\":1}", "\"k\":{\"a\":1,\"A\":2}", "\"k\":{\"a\":1,\"a\":2}", "\"k\":{\"a\":1,\"\\u0061\":2}", "\"k\":{\"a\":1,}", "\"k\":{\"a\"}", "\"k\":{\"a\":}", "\"k\":{a:1}", "\"k\":{\"\":1}", "\"k\":[]",
        "\"x\":{\"x\":1,\"y\":2}", "\"x\":{\"y\":2,\"x\":1}", "\"x\":{\"x\":1}", "\"x\":{\"x\":1,\"y\":2,\"z\":[{}]}", "\"x\":{\"x\":1,\"x\":1,\"y\":2}", "\"x\":{\"X\":1,\"Y\":2}", "\"x\":{}", "\"x\":null", "\"x\":[]",
        // Members that are not known, are twice, or are written oddly.
        "\"unknown\":1", "\"unknown\":{\"a\":[1,2,{\"b\":null}]}", "\"unknown\":[1,]", "\"unknown\":{\"a\":01}", "\"unknown\":\"\\uD800\"", "\"unknown\":\"\\x\"", "\"unknown\":tru", "\"unknown\":1,\"unknown\":2",
        "\"unknown\":{\"a\":1,\"a\":2}", "\"i\":1,\"i\":2", "\"i\":1,\"\\u0069\":2", "\"I\":1", "\"I\":\"no number\"", "\"i\" : 1", "\"i\"\t:\n1\r", "\"\\u0069\":5", "\"i\":1,", ",\"i\":1", "\"i\"1", "\"i\":1 \"l\":2", "\"i\":1;\"l\":2",
        "i:1", "'i':1", "\"i\":1 // comment", "\"i\":/* comment */1", "\"\":1", "\"i\u0000\":1", "\"i\":\u00A01", "\"i\":\f1", "\"i\":\v1", "\"\\uD800\":1",
    ];

    private static readonly string[] s_wholes =
    [
        "", " ", "{", "}", "{}", "[]", "null", "true", "1", "\"everything\"", "{\"type\"}", "{\"type\":}", "{\"type\":\"everything\"", "{\"type\":\"everything\"}", " {\"type\":\"everything\"} ",
        "{\"type\":\"everything\"}}", "{\"type\":\"everything\"}{}", "{\"type\":\"everything\"},", "{\"type\":\"everything\"} x", "{\"type\":\"everything\"}\0", "\uFEFF{\"type\":\"everything\"}",
        "[{\"type\":\"everything\"}]", "{\"type\":\"everything\",}", "{,\"type\":\"everything\"}", "{\"type\" \"everything\"}", "{{\"type\":\"everything\"}}", "{\"i\":1,\"type\":\"everything\"}",
        "{ \"type\" : \"everything\" , \"i\" : 1 }", "{\"\\u0074ype\":\"everything\"}", "{\"type\":\"\\u0065verything\"}", "{\"type\":\"everything\"//\n}", "{\"type\":\"everything\"]", "// {\"type\":\"everything\"}",
        "{\"type\":\"everything\" \"i\":1}", "{\"type\":\"everything\",\"i\":1", "{\"type\":\"everything\"\u00A0}",
    ];

    public static TheoryData<string> Texts => [.. s_members.Select(member => $"{{\"type\":\"everything\",{member}}}"), .. s_members.Select(member => $"{{{member},\"type\":\"everything\"}}"), .. s_wholes];

    [Theory, MemberData(nameof(Texts))]
    public void A_text_is_read_or_refused_as_the_oracle_does(string text)
    {
        var utf8 = Oracle.Utf8(text);
        var isRead = MessageSerializer.TryRead<Everything>(utf8, out var ours, out var error);
        var isReadThere = Oracle.TryRead<Everything>(utf8, out var theirs) && !IsRefusedOnPurpose(text);

        Assert.True(isReadThere == isRead, $"the oracle {(isReadThere ? "reads" : "refuses")} it: {error}");
        if (isRead) Oracle.AssertSame(theirs!, ours);
    }

    [Theory, MemberData(nameof(Texts))]
    public void A_text_that_is_refused_is_not_JSON_exactly_where_the_oracle_says_so(string text)
    {
        var utf8 = Oracle.Utf8(text);
        if (MessageSerializer.TryRead<Everything>(utf8, out _, out var error)) return;

        Assert.Equal(IsJson(utf8) ? MessageReadErrorKind.Invalid : MessageReadErrorKind.NotJson, error.Kind);
        Assert.InRange(error.Position, 0, utf8.Length);
        Assert.EndsWith(".", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_corpus_is_large_enough() => Assert.True(s_members.Length + s_wholes.Length >= 300);

    // What the oracle does not know: that the type has to be there.
    private static bool IsRefusedOnPurpose(string text) => text == "{}";

    private static bool IsJson(byte[] utf8)
    {
        var reader = new System.Text.Json.Utf8JsonReader(utf8);
        try
        {
            while (reader.Read()) { }
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
