using System.Globalization;

namespace Peers.Observability;

/// <summary>Close codes as values of a tag: the registered ones, and one for all others, because a client may send any.</summary>
internal static class CloseCodes
{
    private const string Other = "other";

    private static readonly string?[] s_names = NamesOf(Enum.GetValues<CloseCode>());

    /// <summary>The number of a code that is registered; <c>other</c> for those of libraries and applications.</summary>
    public static string NameOf(CloseCode code)
    {
        var index = code - CloseCode.Normal;
        return (uint)index < (uint)s_names.Length ? s_names[index] ?? Other : Other;
    }

    /// <summary>Who began.</summary>
    public static string NameOf(CloseInitiator initiator) => initiator == CloseInitiator.Local ? "local" : "remote";

    private static string?[] NamesOf(CloseCode[] codes)
    {
        var names = new string?[codes.Max() - CloseCode.Normal + 1];
        foreach (var code in codes) names[code - CloseCode.Normal] = ((int)code).ToString(CultureInfo.InvariantCulture);
        return names;
    }
}
