using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Peers;

/// <summary>Which pages may connect: those of the endpoint's own scheme and host, and those that are listed. RFC 6455 §10.2, RFC 6454.</summary>
/// <remarks>
/// The pages of app shells and browser extensions have a scheme of their own, such as <c>capacitor://localhost</c>; pages without an
/// origin send <c>null</c>. Some clients that are no browsers send the address of the WebSocket, so <c>ws</c> and <c>wss</c> count as
/// <c>http</c> and <c>https</c>.
/// </remarks>
internal sealed class OriginRule
{
    // RFC 6454 §7.1: what a page sends whose origin is opaque, such as a file or a sandboxed frame.
    private const string Opaque = "null";

    // RFC 3986 §3.1.
    private static readonly SearchValues<char> s_schemeCharacters =
        SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // RFC 3986 §3.2.2 and §3.2.3, without the characters that separate the elements of a list.
    private static readonly SearchValues<char> s_hostCharacters =
        SearchValues.Create("%-.:[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly bool _allowsAny;
    private readonly string[] _allowed;

    /// <summary>Makes the rule of <see cref="PeerOptions.AllowedOrigins"/>.</summary>
    /// <exception cref="FormatException">An entry is neither an origin nor <c>*</c>.</exception>
    public OriginRule(IList<string> allowed)
    {
        _allowsAny = allowed.Contains("*");
        _allowed = [.. allowed.Where(origin => origin != "*").Select(ParseEntry)];
    }

    /// <summary>Whether that is an origin as RFC 6454 writes it. Other text may be anything, a secret included.</summary>
    public static bool IsOrigin(string origin) => Normalize(origin) is not null;

    /// <summary>Whether a page of this origin may connect. A client that sends none is no browser and is not checked.</summary>
    /// <param name="origin">The value of <c>Origin</c>.</param>
    /// <param name="request">The request, its scheme and host after forwarded headers.</param>
    public bool Allows(string origin, HttpRequest request)
    {
        if (_allowsAny) return true;

        // As it stands: request.Host throws where a name in Punycode means nothing, and forwarded headers are in both.
        return Normalize(origin) is { } normal && (IsListed(normal) || IsSame(normal, Normalize($"{request.Scheme}://{request.Headers.Host}")));
    }

    private bool IsListed(string origin)
    {
        foreach (var allowed in _allowed)
        {
            if (IsSame(origin, allowed)) return true;
        }

        return false;
    }

    private static bool IsSame(string left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    // The origin in one form, so that https://a and https://a:443 are equal; null for other text.
    private static string? Normalize(string origin)
    {
        if (origin == Opaque) return Opaque;
        var end = origin.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0 || !char.IsAsciiLetter(origin[0]) || origin.AsSpan(0, end).ContainsAnyExcept(s_schemeCharacters)) return null;

        // RFC 6454 §6.2: nothing before the host and nothing behind the port.
        if (origin.AsSpan(end + 3).ContainsAny("/\\?#@")) return null;
        return WebSchemeOf(origin[..end]) is { } scheme ? NormalizeWeb(scheme, origin[(end + 3)..]) : NormalizeOther(origin, end + 3);
    }

    private static string? WebSchemeOf(string scheme) => scheme.ToUpperInvariant() switch
    {
        "HTTP" or "WS" => "http",
        "HTTPS" or "WSS" => "https",
        _ => null,
    };

    private static string? NormalizeWeb(string scheme, string authority)
    {
        if (!Uri.TryCreate($"{scheme}://{authority}", UriKind.Absolute, out var uri) || uri.Host.Length == 0) return null;
        return HostOf(uri) is { } host ? $"{scheme}://{host}:{uri.Port}" : null;
    }

    // A scheme without a default port, whose hosts follow rules of its own, such as chrome-extension://ID, app://- and file://.
    private static string? NormalizeOther(string origin, int host) =>
        origin.AsSpan(host).ContainsAnyExcept(s_hostCharacters) ? null : origin;

    // Uri lets names pass that it then cannot write in ASCII.
    private static string? HostOf(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    // Browsers never end an origin with a slash, people do.
    private static string ParseEntry(string entry) =>
        Normalize(entry) ?? Normalize(entry.EndsWith('/') ? entry[..^1] : entry) ?? throw NoOrigin(entry);

    private static FormatException NoOrigin(string entry) => new(
        $"PeerOptions.AllowedOrigins has '{entry}', which is no origin. " +
        "Give a scheme, a host and, where it is not the default, a port, such as https://example.com or capacitor://localhost; null for pages without an origin; or * for any.");
}
