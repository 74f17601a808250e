namespace Peers.Observability;

/// <summary>What is counted for one backplane. Safe from any thread; runs the listeners' code: never under a lock.</summary>
/// <param name="instruments">Where to record.</param>
/// <param name="name">What it is called: <c>nats</c>, <c>redis</c>, <c>memory</c>.</param>
internal sealed class BackplaneMetrics(BackplaneInstruments instruments, string name)
{
    private static readonly KeyValuePair<string, object?> s_receive = new(MetricTags.Direction, "receive");
    private static readonly KeyValuePair<string, object?> s_transmit = new(MetricTags.Direction, "transmit");

    private readonly KeyValuePair<string, object?> _name = new(MetricTags.Backplane, name);

    /// <summary>A message was handed to the backplane.</summary>
    public void Sent(int bytes) => Count(bytes, s_transmit);

    /// <summary>A message of another node's came.</summary>
    public void Received(int bytes) => Count(bytes, s_receive);

    /// <summary>A message was not handed over, because too many wait for the backplane.</summary>
    public void DroppedOutgoing() => Drop(s_transmit);

    /// <summary>A message that came was not delivered, because too many wait to be.</summary>
    public void DroppedIncoming() => Drop(s_receive);

    /// <summary>Messages of a channel were or may have been lost.</summary>
    /// <param name="cause">How that was seen; one of a few constants, <c>lost</c>, <c>dropped</c>, <c>interrupted</c>, <c>node_lost</c>.</param>
    /// <param name="lost">How many; 0 where that is not known.</param>
    public void Gap(string cause, long lost = 0)
    {
        var tag = new KeyValuePair<string, object?>(MetricTags.GapCause, cause);
        if (instruments.Gaps.Enabled) Record.Try(instruments.Gaps, 1, _name, tag);
        if (lost > 0 && instruments.LostMessages.Enabled) Record.Try(instruments.LostMessages, lost, _name, tag);
    }

    /// <summary>The connection to the backplane is there again.</summary>
    public void Reconnected()
    {
        if (instruments.Reconnects.Enabled) Record.Try(instruments.Reconnects, 1, _name);
    }

    private void Count(int bytes, KeyValuePair<string, object?> direction)
    {
        if (instruments.Messages.Enabled) Record.Try(instruments.Messages, 1, _name, direction);
        if (instruments.Io.Enabled) Record.Try(instruments.Io, bytes, _name, direction);
    }

    private void Drop(KeyValuePair<string, object?> direction)
    {
        if (instruments.DroppedMessages.Enabled) Record.Try(instruments.DroppedMessages, 1, _name, direction);
    }
}
