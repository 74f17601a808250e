using Peers.WebSockets;

namespace Peers.Tests.WebSockets.Compression;

/// <summary>RFC 7692 §5 and §7.1: which offers are accepted, and with what.</summary>
public sealed class NegotiationTests
{
    private const string NoTakeover = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate", NoTakeover)]
    [InlineData("permessage-deflate; client_max_window_bits", NoTakeover)]
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover", NoTakeover)]
    [InlineData("permessage-deflate; server_max_window_bits=15", NoTakeover + "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=9", NoTakeover + "; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10\"", NoTakeover + "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=9", NoTakeover + "; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=15", NoTakeover + "; client_max_window_bits=15")]
    [InlineData("permessage-deflate;server_max_window_bits=12;client_max_window_bits=\"11\"", NoTakeover + "; server_max_window_bits=12; client_max_window_bits=11")]
    public void Without_takeover_an_offer_is_answered(string offer, string answer) => Assert.Equal(answer, Answer(offer));

    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate")]
    [InlineData("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover")]
    public void With_takeover_on_both_sides_the_client_may_still_ask_for_none(string offer, string answer) =>
        Assert.Equal(answer, Answer(offer, new() { Enabled = true, ServerContextTakeover = true, ClientContextTakeover = true }));

    [Theory]
    [InlineData("permessage-deflate", "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits", "; server_max_window_bits=10; client_max_window_bits=11")]
    [InlineData("permessage-deflate; client_max_window_bits=10", "; server_max_window_bits=10; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=12; client_max_window_bits=12", "; server_max_window_bits=10; client_max_window_bits=11")]
    [InlineData("permessage-deflate; server_max_window_bits=9", "; server_max_window_bits=9")]
    public void The_smaller_of_both_windows_counts(string offer, string answer) =>
        Assert.Equal(NoTakeover + answer, Answer(offer, new() { Enabled = true, ServerMaxWindowBits = 10, ClientMaxWindowBits = 11 }));

    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=11")]
    public void A_client_that_cannot_be_told_its_window_takes_no_context_over(string offer, string answer) =>
        Assert.Equal(answer, Answer(offer, new() { Enabled = true, ServerContextTakeover = true, ClientContextTakeover = true, ClientMaxWindowBits = 11 }));

    [Theory]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; unknown=1")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover=true")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=10; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=8")]
    [InlineData("permessage-deflate; client_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=010")]
    [InlineData("permessage-deflate; server_max_window_bits=+9")]
    [InlineData("permessage-deflate; server_max_window_bits=x")]
    [InlineData("permessage-deflate; server_max_window_bits=99999999999")]
    [InlineData("permessage-bzip2")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("")]
    [InlineData(" , ,")]
    public void Declined(string offer) => Assert.Null(Answer(offer));

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10", NoTakeover + "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; unknown=\"a\", permessage-deflate", NoTakeover)]
    [InlineData("x-unknown; a=1; b, permessage-deflate", NoTakeover)]
    [InlineData("permessage-deflate; client_max_window_bits=10, permessage-deflate", NoTakeover + "; client_max_window_bits=10")]
    [InlineData("permessage-deflate, permessage-deflate; server_max_window_bits=9", NoTakeover)]
    [InlineData(",permessage-deflate,", NoTakeover)]
    public void The_first_offer_that_can_be_accepted_is(string offers, string answer) => Assert.Equal(answer, Answer(offers));

    [Theory]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; ;client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=")]
    [InlineData("permessage-deflate; server_max_window_bits=\"\"")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10")]
    [InlineData("permessage-deflate; server_max_window_bits=\"1 0\"")]
    [InlineData("permessage-deflate; server_max_window_bits=10 11")]
    [InlineData("permessage-deflate client_max_window_bits")]
    [InlineData("permessage-deflate, \"x\"")]
    [InlineData("permessage-deflate, x=1")]
    [InlineData("permessage-deflate, é")]
    [InlineData("=")]
    [InlineData(";")]
    public void Malformed(string header)
    {
        Assert.False(ExtensionReader.IsValid(header));
        Assert.Null(Answer(header));
    }

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=14", null)]
    [InlineData("permessage-deflate; server_max_window_bits=15", NoTakeover + "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=9, permessage-deflate", NoTakeover)]
    [InlineData("permessage-deflate; client_max_window_bits=9", NoTakeover + "; client_max_window_bits=9")]
    public void A_codec_without_windows_accepts_what_it_can_keep_to(string offer, string? answer) =>
        Assert.Equal(answer, Answer(offer, new() { Enabled = true, ServerMaxWindowBits = 10 }, hasWindows: false));

    private static string? Answer(string offers, CompressionOptions? options = null, bool hasWindows = true) =>
        DeflateParameters.TryNegotiate(offers, options ?? new() { Enabled = true }, hasWindows, out var agreed) ? agreed.Response : null;
}
