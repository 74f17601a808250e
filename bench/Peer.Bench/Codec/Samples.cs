namespace Peers.Bench.Codec;

/// <summary>One message of each size, and its twin.</summary>
internal static class Samples
{
    private static readonly Guid s_id = new("6f9619ff-8b86-d011-b42d-00c04fc964ff");
    private static readonly DateTimeOffset s_time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly string[] s_tags = ["first", "second", "third"];

    private static readonly Item[] s_items = [.. Enumerable.Range(0, 100).Select(i =>
        new Item(s_id, "Ada Lovelace", 12_345 + i, 9_876_543_210 + i, 19.99 + i, 0.125, i % 2 == 0, s_time.AddMinutes(i), Level.High, null, s_tags, "London"))];

    /// <summary>The one without strings, then by size.</summary>
    public static IReadOnlyList<Codecs> All { get; } =
    [
        new Codecs<Numbers, JsonNumbers>("numbers", new(123_456, 12.5, -3.25), new(123_456, 12.5, -3.25), CodecJson.Default.JsonNumbers) { HasStrings = false },
        new Codecs<Small, JsonSmall>("small", new(42, "hey"), new(42, "hey"), CodecJson.Default.JsonSmall),
        new Codecs<Medium, JsonMedium>("medium", Medium, JsonMedium, CodecJson.Default.JsonMedium),
        new Codecs<Large, JsonLarge>("large", new(s_items), new(s_items), CodecJson.Default.JsonLarge),
    ];

    private static Medium Medium =>
        new(s_id, "Ada Lovelace", 12_345, 9_876_543_210, 19.99, 0.125, true, s_time, Level.High, "met at the salon", s_tags, "London");

    private static JsonMedium JsonMedium =>
        new(s_id, "Ada Lovelace", 12_345, 9_876_543_210, 19.99, 0.125, true, s_time, Level.High, "met at the salon", s_tags, "London");
}
