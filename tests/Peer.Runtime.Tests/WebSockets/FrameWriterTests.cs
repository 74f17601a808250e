using FsCheck.Xunit;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

public sealed class FrameWriterTests
{
    [Theory]
    [InlineData(0, "8200"), InlineData(125, "827D")]
    [InlineData(126, "827E007E"), InlineData(65535, "827EFFFF")]
    [InlineData(65536, "827F0000000000010000"), InlineData(long.MaxValue, "827F7FFFFFFFFFFFFFFF")]
    public void Length_takes_the_fewest_bytes_it_can(long length, string expected)
    {
        byte[] header = new byte[FrameWriter.MaxHeaderLength];
        int written = FrameWriter.WriteHeader(header, Opcode.Binary, fin: true, length);

        Assert.Equal(expected, Convert.ToHexString(header, 0, written));
        Assert.Equal(written, FrameWriter.HeaderLength(length, masked: false));
    }

    [Theory]
    [InlineData(5, "018537FA213D"), InlineData(300, "01FE012C37FA213D"), InlineData(70000, "01FF000000000001117037FA213D")]
    public void Client_writes_the_mask_bit_and_the_key(long length, string expected)
    {
        byte[] header = new byte[FrameWriter.MaxHeaderLength];
        int written = FrameWriter.WriteHeader(header, Opcode.Text, fin: false, length, maskingKey: 0x3D21FA37);

        Assert.Equal(expected, Convert.ToHexString(header, 0, written));
        Assert.Equal(written, FrameWriter.HeaderLength(length, masked: true));
    }

    [Fact]
    public void Example_of_the_standard_is_written_as_it_stands_there()
    {
        byte[] frame = new byte[11];
        int written = FrameWriter.WriteHeader(frame, Opcode.Text, fin: true, payloadLength: 5, maskingKey: 0x3D21FA37);
        "Hello"u8.CopyTo(frame.AsSpan(written));
        Masking.Apply(frame.AsSpan(written), 0x3D21FA37);

        Assert.Equal("818537FA213D7F9F4D5158", Convert.ToHexString(frame));
    }

    [Property]
    public void Header_that_was_written_is_parsed_back(bool fin, long length, uint key, bool masked)
    {
        long positive = length & long.MaxValue;
        Span<byte> bytes = stackalloc byte[FrameWriter.MaxHeaderLength];
        int written = masked
            ? FrameWriter.WriteHeader(bytes, Opcode.Ping, fin, positive, key)
            : FrameWriter.WriteHeader(bytes, Opcode.Ping, fin, positive);

        Assert.True(FrameHeader.TryParse(bytes[..written], out FrameHeader header, out int headerLength));
        Assert.Equal((written, fin, Opcode.Ping, 0), (headerLength, header.Fin, header.Opcode, header.Rsv));
        Assert.Equal((masked, masked ? key : 0, positive), (header.Masked, header.MaskingKey, header.PayloadLength));
        Assert.True(header.IsLengthMinimal);
        for (int cut = 0; cut < written; cut++) Assert.False(FrameHeader.TryParse(bytes[..cut], out _, out _));
    }
}
