namespace Peers.Channels;

/// <summary>
/// The numbers of one other node in one channel, as far as they are known. They only grow, and survive the loss of the node.
/// </summary>
internal struct TrackedNode
{
    public uint Node;

    public SequenceState State;

    /// <summary>
    /// The open question; never null in <see cref="SequenceState.Asked"/> and <see cref="SequenceState.Verifying"/>, always null
    /// otherwise.
    /// </summary>
    public SequenceQuestion? Question;

    /// <summary>The number up to which every message arrived, was reported, or preceded the subscription.</summary>
    public long Last;

    /// <summary>
    /// Whether a message arrived. Before that, <see cref="Last"/> is what the node advertised, and smaller numbers may still be
    /// on their way.
    /// </summary>
    public bool HasReceived;

    /// <summary>Whether the node's very first number is accounted for: then nothing can precede what is known.</summary>
    public bool IsFromStart;

    /// <summary>Whether the rest of a message whose beginning is missing is skipped.</summary>
    public bool IsSkipping;

    /// <summary>Whether no heartbeat of the node had been heard when that was looked at last.</summary>
    public bool IsStranger;

    /// <summary>Whether subscribers know that the node had trouble while this node's subscription was young.</summary>
    public bool IsTroubleReported;

    /// <summary>The number that the node advertised, where it is larger than <see cref="Last"/>, and when it did.</summary>
    public long Claimed;
    public long ClaimedAt;

    public PartialMessage? Partial;

    /// <summary>Whether numbers are known from some point on.</summary>
    public readonly bool HasBaseline => State is SequenceState.Known or SequenceState.Verifying;

    /// <summary>The first number that is not accounted for.</summary>
    public readonly long Next => Partial?.First ?? Last + 1;

    /// <summary>The first number that may be missing; null where that is not known.</summary>
    public readonly long? FirstUnknown => HasBaseline || IsFromStart ? Next : null;

    /// <summary>A gap of unknown extent.</summary>
    public readonly ChannelGap Unknown(string channel, long? first) => new(channel, ChannelGapCause.Lost) { Node = Node, First = first };

    /// <summary>A gap up to a number, and no further.</summary>
    public readonly ChannelGap Lost(string channel, long last) =>
        new(channel, ChannelGapCause.Lost) { Node = Node, First = Math.Min(Next, last), Last = last };

    /// <summary>
    /// The gap of a node that is lost: where it has published, or was asked whether it has and did not answer. Where it was
    /// silent all the time, nothing is known to be missing.
    /// </summary>
    public readonly ChannelGap? LostAt(string channel)
    {
        var mayHavePublished = Last > 0 || (State == SequenceState.Asked && Question!.IsSent);
        return mayHavePublished ? Unknown(channel, FirstUnknown) with { Cause = ChannelGapCause.NodeLost } : null;
    }

    /// <summary>
    /// Opens a question, or sends one that is open. Unknown → Asked, Known → Verifying; an open one stays as open as it was.
    /// </summary>
    public void Ask(SequenceQuestion question)
    {
        if (State == SequenceState.Asked && Question!.IsSent)
        {
            if (question.IsPrompt) Question = Question with { Id = question.Id };
            return;
        }

        Question = Question is { } open ? Merge(open, question) : question;
        State = HasBaseline ? SequenceState.Verifying : SequenceState.Asked;
    }

    /// <summary>The request is sent once more: the first one or its answer was lost.</summary>
    public void AskAgain(SequenceQuestion question) =>
        Question = Question! with { Id = question.Id, AskedAt = question.AskedAt, IsPrompt = false };

    /// <summary>The node is lost: the question stays open until it is heard again. Unknown → Asked, Known → Verifying.</summary>
    public void Hold(long since)
    {
        Question = SequenceQuestion.Unsent(Question is { } open ? Math.Min(open.Since, since) : since);
        State = HasBaseline ? SequenceState.Verifying : SequenceState.Asked;
    }

    /// <summary>The question is answered. Asked, Verifying, Unknown → Known.</summary>
    public void Settle() => (State, Question) = (SequenceState.Known, null);

    /// <summary>Drops the parts of a message that will not be complete.</summary>
    public void DropPartial()
    {
        Partial?.Return();
        Partial = null;
    }

    private static SequenceQuestion Merge(SequenceQuestion open, SequenceQuestion question) =>
        question with { Since = Math.Min(open.Since, question.Since), IsPrompt = open.IsPrompt && question.IsPrompt };
}
