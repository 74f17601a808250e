using Microsoft.AspNetCore.Http;

namespace Peers;

/// <summary>Which pages may connect: those of the endpoint's own scheme and host, and those that are listed. RFC 6455 §10.2, RFC 6454.</summary>
internal sealed class OriginRule
{
    private readonly bool _allowsAny;
    private readonly string[] _allowed;

    /// <summary>Makes the rule of <see cref="PeerOptions.AllowedOrigins"/>.</summary>
    /// <exception cref="FormatException">An entry is neither an origin nor <c>*</c>.</exception>
    public OriginRule(IList<string> allowed)
    {
        _allowsAny = allowed.Contains("*");
        _allowed = [.. allowed.Where(origin => origin != "*").Select(ParseEntry)];
    }

    /// <summary>Whether a page of this origin may connect. A request without one is no browser's and is not asked.</summary>
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

    // Scheme, host and port with the default port written out, so that https://a and https://a:443 are one. "null" and what is no origin give null.
    private static string? Normalize(string origin)
    {
        if (!IsBare(origin) || !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.Port < 0) return null;
        return HostOf(uri) is { } host ? $"{uri.Scheme}://{host}:{uri.Port}" : null;
    }

    // RFC 6454 §6.2: nothing before the host and nothing behind the port, be it empty.
    private static bool IsBare(ReadOnlySpan<char> origin) =>
        origin.IndexOf("://", StringComparison.Ordinal) is > 0 and var end && !origin[(end + 3)..].ContainsAny("/\\?#@");

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

    private static string ParseEntry(string entry) => Normalize(entry.EndsWith('/') ? entry[..^1] : entry) ?? throw new FormatException(
        $"PeerOptions.AllowedOrigins has '{entry}', which is no origin. Give a scheme, a host and, where it is not the default, a port, such as https://example.com, or * for any.");
}
