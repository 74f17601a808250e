namespace Peers.Tests;

public sealed class CloseEventTests
{
    // A code without a name was written twice: "4001 4001".
    [Theory]
    [InlineData(1000, "", true, CloseInitiator.Remote, "1000 Normal by Remote")]
    [InlineData(1006, "", false, CloseInitiator.Remote, "1006 Abnormal by Remote (not clean)")]
    [InlineData(3000, "", true, CloseInitiator.Remote, "3000 by Remote")]
    [InlineData(4001, "enough", true, CloseInitiator.Local, "4001 by Local: enough")]
    public void It_names_the_code_once(int code, string reason, bool wasClean, CloseInitiator initiator, string expected) =>
        Assert.Equal(expected, new CloseEvent((CloseCode)code, reason, wasClean, initiator).ToString());
}
