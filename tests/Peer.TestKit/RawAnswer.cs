namespace Peers.TestKit;

/// <summary>An HTTP answer.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers, repeated ones joined by commas. Names are compared without regard to case.</param>
/// <param name="Body">The body as text.</param>
public sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
