using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

// Conformance group 7.
public sealed class ClosePayloadTests
{
    public static TheoryData<int> ValidCodes() =>
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];

    public static TheoryData<int> InvalidCodes() =>
        [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];

    [Theory]
    [MemberData(nameof(ValidCodes))]
    public void Valid_code_is_read_and_may_be_sent(int code)
    {
        Assert.True(ClosePayload.TryParse([(byte)(code >> 8), (byte)code], out CloseCode read, out string reason, out _));
        Assert.Equal((CloseCode)code, read);
        Assert.Equal("", reason);
        Assert.True(ClosePayload.MayBeSent((CloseCode)code));
    }

    [Theory]
    [MemberData(nameof(InvalidCodes))]
    public void Invalid_code_is_a_protocol_error_and_may_not_be_sent(int code)
    {
        Assert.False(ClosePayload.TryParse([(byte)(code >> 8), (byte)code], out _, out _, out ProtocolFault fault));
        Assert.Equal(CloseCode.ProtocolError, fault.Code);
        Assert.False(ClosePayload.MayBeSent((CloseCode)code));
    }

    [Fact]
    public void Empty_payload_has_no_status()
    {
        Assert.True(ClosePayload.TryParse([], out CloseCode code, out string reason, out _));
        Assert.Equal(CloseCode.NoStatus, code);
        Assert.Equal("", reason);
    }

    [Fact]
    public void Close_frame_with_one_byte_payload_is_a_protocol_error()
    {
        Assert.False(ClosePayload.TryParse([3], out _, out _, out ProtocolFault fault));
        Assert.Equal(CloseCode.ProtocolError, fault.Code);
    }

    [Fact]
    public void Reason_of_123_bytes_is_read()
    {
        string longest = new('r', 123);
        Assert.True(ClosePayload.TryParse([0x03, 0xE8, .. Encoding.UTF8.GetBytes(longest)], out _, out string reason, out _));
        Assert.Equal(longest, reason);
    }

    [Theory]
    [InlineData("CEBAE1BDB9CF83CEBCCEB5EDA080656469746564"), InlineData("FF"), InlineData("41E282")]
    public void Reason_that_is_not_UTF8_is_an_invalid_payload(string digits)
    {
        Assert.False(ClosePayload.TryParse([0x03, 0xE8, .. Wire.Hex(digits)], out _, out _, out ProtocolFault fault));
        Assert.Equal(CloseCode.InvalidPayload, fault.Code);
    }

    [Theory]
    [InlineData(CloseCode.NoStatus, "never written", "")]
    [InlineData(CloseCode.Normal, null, "03E8")]
    [InlineData(CloseCode.GoingAway, "bye", "03E9627965")]
    [InlineData((CloseCode)4999, "é", "1387C3A9")]
    public void Payload_is_the_code_and_the_reason(CloseCode code, string? reason, string expected) =>
        Assert.Equal(expected, Written(code, reason));

    [Fact]
    public void Reason_of_123_bytes_is_written_whole() =>
        Assert.Equal("03E8" + Hex(new string('r', 123)), Written(CloseCode.Normal, new string('r', 123)));

    [Theory]
    [InlineData(124, "", 123)]
    [InlineData(122, "é", 122)]
    [InlineData(121, "€", 121)]
    [InlineData(120, "😀", 120)]
    [InlineData(119, "😀", 123)]
    public void Longer_reason_is_cut_between_code_points(int ascii, string tail, int expectedLength)
    {
        string reason = new string('r', ascii) + tail;
        Assert.Equal("03E8" + Hex(reason)[..(2 * expectedLength)], Written(CloseCode.Normal, reason));
    }

    [Fact]
    public void Lone_surrogate_in_a_reason_is_replaced() => Assert.Equal("03E8EFBFBD21", Written(CloseCode.Normal, "\ud800!"));

    private static string Written(CloseCode code, string? reason)
    {
        byte[] destination = new byte[ClosePayload.MaxLength];
        return Convert.ToHexString(destination, 0, ClosePayload.Write(destination, code, reason));
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}
