namespace Peers.Observability;

/// <summary>What a client sent, on its way to a log.</summary>
internal static class LogText
{
    /// <summary>The same on one line: each control character becomes U+FFFD, so that nobody can forge a line of the log.</summary>
    public static string OneLine(string text) => text.AsSpan().ContainsAnyInRange('\0', '\x1F') || text.Contains('\x7F')
        ? string.Create(text.Length, text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) ? '\uFFFD' : text[i];
        })
        : text;
}
