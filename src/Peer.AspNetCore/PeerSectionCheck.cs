using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Peers;

/// <summary>Refuses a section of the configuration that cannot be meant, by the path of each key, before its values are bound.</summary>
/// <remarks>
/// The binder takes what it can use and ignores the rest, such as a value where a list belongs: the default would stay in force unnoticed.
/// </remarks>
internal sealed class PeerSectionCheck(IConfiguration section) : IConfigureOptions<PeerOptions>
{
    private static readonly OptionKey s_root = OptionKey.Group(
        "PeerOptions",
        OptionKey.Number(nameof(PeerOptions.MaxMessageSize)),
        OptionKey.Number(nameof(PeerOptions.MaxFragments)),
        OptionKey.Number(nameof(PeerOptions.MaxPendingBytes)),
        OptionKey.Number(nameof(PeerOptions.MaxBufferedBytes)),
        OptionKey.Number(nameof(PeerOptions.MaxHookBytes)),
        OptionKey.Name<SlowPeerPolicy>(nameof(PeerOptions.SlowPeerPolicy)),
        OptionKey.Time(nameof(PeerOptions.SlowPeerTimeout)),
        OptionKey.Group(
            nameof(PeerOptions.MessageRate),
            OptionKey.Number(nameof(MessageRateOptions.Limit)),
            OptionKey.Time(nameof(MessageRateOptions.Period)),
            OptionKey.Number(nameof(MessageRateOptions.Burst))),
        OptionKey.Number(nameof(PeerOptions.DrainThreshold)),
        OptionKey.Number(nameof(PeerOptions.MaxStreams)),
        OptionKey.Number(nameof(PeerOptions.MaxRequests)),
        OptionKey.Time(nameof(PeerOptions.HandshakeTimeout)),
        OptionKey.Time(nameof(PeerOptions.CloseTimeout)),
        OptionKey.Time(nameof(PeerOptions.MaxCloseTime)),
        OptionKey.Time(nameof(PeerOptions.KeepAliveInterval)),
        OptionKey.Time(nameof(PeerOptions.KeepAliveTimeout)),
        OptionKey.Time(nameof(PeerOptions.ShutdownTimeout)),
        OptionKey.Number(nameof(PeerOptions.MaxPeers)),
        OptionKey.List(nameof(PeerOptions.AllowedOrigins)),
        OptionKey.List(nameof(PeerOptions.CapturedHeaders)),
        OptionKey.Switch(nameof(PeerOptions.CloseOnAuthenticationExpiration)),
        OptionKey.Group(
            nameof(PeerOptions.Compression),
            OptionKey.Switch(nameof(CompressionOptions.Enabled)),
            OptionKey.Number(nameof(CompressionOptions.Threshold)),
            OptionKey.Number(nameof(CompressionOptions.Level)),
            OptionKey.Switch(nameof(CompressionOptions.ServerContextTakeover)),
            OptionKey.Switch(nameof(CompressionOptions.ClientContextTakeover)),
            OptionKey.Number(nameof(CompressionOptions.ServerMaxWindowBits)),
            OptionKey.Number(nameof(CompressionOptions.ClientMaxWindowBits))));

    public void Configure(PeerOptions options)
    {
        var faults = new List<string>();
        s_root.Check(section, faults);
        if (faults.Count > 0) throw new OptionsValidationException(Options.DefaultName, typeof(PeerOptions), faults);
    }
}
