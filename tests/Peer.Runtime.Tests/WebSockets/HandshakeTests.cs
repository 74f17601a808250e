using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

public sealed class HandshakeTests
{
    [Fact]
    public void Key_of_the_standards_example_is_accepted_as_it_says() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.Accept("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", true)]
    [InlineData("", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ= ", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==\n", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSE=", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSEh", false)]
    [InlineData("dGhlIHNhbXBsZSBub25j!Q==", false)]
    [InlineData("dGhlIHNhbXBsZSBub2 jZQ==", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZé==", false)]
    public void Key_must_be_16_bytes_in_base64(string key, bool isValid) => Assert.Equal(isValid, Handshake.IsValidKey(key));

    [Fact]
    public void Accept_allocates_its_answer_alone()
    {
        Handshake.Accept("dGhlIHNhbXBsZSBub25jZQ==");
        long before = GC.GetAllocatedBytesForCurrentThread();
        string answer = Handshake.Accept("dGhlIHNhbXBsZSBub25jZQ==");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 24 + (2 * answer.Length));
    }
}
