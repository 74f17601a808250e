using static System.TimeSpan;

namespace Peers.Bench.Codec;

/// <summary>A message of each kind, and its twin.</summary>
internal static class KindSamples
{
    public static IReadOnlyList<Codecs> All { get; } = [.. Kinds()];

    private static IEnumerable<Codecs> Kinds()
    {
        yield return new Codecs<Ints, JsonInts>("ints", new(7, 42, -300, 1_024, 65_536, -1_000_000, 987_654_321, 0), new(7, 42, -300, 1_024, 65_536, -1_000_000, 987_654_321, 0), KindJson.Default.JsonInts);
        yield return new Codecs<Longs, JsonLongs>(
            "longs",
            new(1_764_000_000_000, 9_876_543_210, -1, 123_456_789_012_345_678, 5, 86_400_000, -77_777_777_777, 0),
            new(1_764_000_000_000, 9_876_543_210, -1, 123_456_789_012_345_678, 5, 86_400_000, -77_777_777_777, 0),
            KindJson.Default.JsonLongs);
        yield return new Codecs<Doubles, JsonDoubles>("doubles", new(0.125, 19.99, -3.25, 1_024, 51.507351, -0.127758, 0.1, 99.5), new(0.125, 19.99, -3.25, 1_024, 51.507351, -0.127758, 0.1, 99.5), KindJson.Default.JsonDoubles);
        yield return new Codecs<Doubles, JsonDoubles>("doubles of 17 digits", Spread, JsonSpread, KindJson.Default.JsonDoubles);
        yield return new Codecs<Bools, JsonBools>("bools", new(true, false, true, true, false, false, true, false), new(true, false, true, true, false, false, true, false), KindJson.Default.JsonBools);
        yield return new Codecs<Guids, JsonGuids>("guids", Same, JsonSame, KindJson.Default.JsonGuids);
        yield return new Codecs<Dates, JsonDates>("dates", When, JsonWhen, KindJson.Default.JsonDates);
        yield return Texts("strings of 10", "Ada Lovel.");
        yield return Texts("strings of 80", "The analytical engine weaves algebraic patterns just as the loom weaves flowers.");
        yield return Texts("Cyrillic", "Привет, мир! Как дела сегодня?");
        yield return Texts("Japanese", "こんにちは世界、今日は元気ですか。");
        yield return Texts("German", "Grüße aus München, schöne Straße");
        yield return Texts("escapes", "She said \"hi\"\nand left\tat once.");
        string[] words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
        int[] numbers = [.. Enumerable.Range(0, 32)];
        yield return new Codecs<Lists, JsonLists>("lists", new(numbers, words), new(numbers, words), KindJson.Default.JsonLists);
    }

    private static Doubles Spread => new(Math.PI, Math.E, 1 / 3d, -2 / 3d, Math.Sqrt(2), 1e-9 / 3, 1e20 / 7, Math.Log(2));

    private static JsonDoubles JsonSpread => new(Spread.A, Spread.B, Spread.C, Spread.D, Spread.E, Spread.F, Spread.G, Spread.H);

    private static Guids Same => Id is var id ? new(id, id, id, id, id, id, id, id) : default;

    private static JsonGuids JsonSame => Id is var id ? new(id, id, id, id, id, id, id, id) : default;

    private static Guid Id => new("6f9619ff-8b86-d011-b42d-00c04fc964ff");

    private static DateTimeOffset Noon => new(2026, 1, 2, 12, 0, 0, Zero);

    private static Dates When => new(
        Noon, Noon.AddMilliseconds(678), Noon.AddTicks(1_234_567).ToOffset(FromHours(2)), Noon.ToOffset(FromHours(-5)),
        Noon.UtcDateTime, Noon.AddMilliseconds(5).UtcDateTime, Noon.DateTime, Noon.AddTicks(7_654_321).DateTime);

    private static JsonDates JsonWhen => new(When.A, When.B, When.C, When.D, When.E, When.F, When.G, When.H);

    private static Codecs<Texts, JsonTexts> Texts(string name, string text) =>
        new(name, new(text, text, text, text, text, text, text, text), new(text, text, text, text, text, text, text, text), KindJson.Default.JsonTexts);
}
