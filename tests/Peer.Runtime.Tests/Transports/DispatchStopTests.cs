using Peers.Transports;

namespace Peers.Tests.Transports;

/// <summary>A stop of dispatch ends by being resumed, and in no other way.</summary>
public sealed class DispatchStopTests
{
    private static readonly PeerOptions s_options = new() { MaxBufferedBytes = 1000, DrainThreshold = 450 };

    // A look at the count between the end of a write and the resumption used to forget the stop: the messages that waited were never dispatched.
    [Fact]
    public void A_look_at_drained_output_does_not_forget_that_dispatch_has_to_be_resumed()
    {
        var flow = new FlowControl();
        flow.Add(Cause.Own, 500);
        Assert.True(flow.TryStopDispatch(s_options));
        flow.Remove(new ByteCounts { Total = 400, Own = 400 });
        Assert.False(flow.TryStopDispatch(s_options));

        Assert.True(flow.TryResumeDispatch(s_options, isSealed: false));
        Assert.False(flow.TryResumeDispatch(s_options, isSealed: false));
    }

    [Fact]
    public void Dispatch_is_resumed_when_nothing_more_can_be_sent()
    {
        var flow = new FlowControl();
        flow.Add(Cause.Own, 500);
        Assert.True(flow.TryStopDispatch(s_options));
        Assert.False(flow.TryResumeDispatch(s_options, isSealed: false));
        Assert.True(flow.TryResumeDispatch(s_options, isSealed: true));
    }

    [Fact]
    public void Only_what_the_peer_caused_stops_dispatch()
    {
        var flow = new FlowControl();
        flow.Add(Cause.Others, 900);
        flow.Add(Cause.None, 900);
        flow.Add(Cause.Own, 450);
        Assert.False(flow.TryStopDispatch(s_options));
        flow.Add(Cause.Own, 1);
        Assert.True(flow.TryStopDispatch(s_options));
    }
}
