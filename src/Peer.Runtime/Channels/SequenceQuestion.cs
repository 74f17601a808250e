namespace Peers.Channels;

/// <summary>A question to other nodes for their numbers, while it is open. Immutable; many channels share one.</summary>
/// <param name="FirstId">The id of the first request; an answer to an older one says nothing about what happened since.</param>
/// <param name="Id">The id of the latest request; 0 while the node is lost and cannot be asked.</param>
/// <param name="AskedAt">When the latest request was sent, in ticks of the host's clock.</param>
/// <param name="Since">From when on messages of the node may be missing, in ticks of the host's clock.</param>
/// <param name="IsPrompt">Whether the node was reachable when the question arose, so that the answer to the first request leaves
/// no room for a loss before it.</param>
internal sealed record SequenceQuestion(long FirstId, long Id, long AskedAt, long Since, bool IsPrompt)
{
    /// <summary>Whether it was sent: a lost node is asked when it is heard again.</summary>
    public bool IsSent => Id > 0;

    /// <summary>Whether an answer to a request leaves no room for a loss between the beginning of the question and the request.</summary>
    public bool IsPromptAnswer(long request) => IsPrompt && FirstId <= request && request <= Id;

    /// <summary>A question for a node that is lost.</summary>
    public static SequenceQuestion Unsent(long since) => new(0, 0, 0, since, IsPrompt: false);
}

/// <summary>How much is known of the numbers of one other node in one channel.</summary>
internal enum SequenceState : byte
{
    /// <summary>Nothing: the node has not been asked. Its messages may arrive already.</summary>
    Unknown,
    /// <summary>
    /// The node was asked, or is to be asked when it is heard again. What it published before its first message here may be
    /// missing.
    /// </summary>
    Asked,
    /// <summary>From one number on, every message arrived or was reported as missing.</summary>
    Known,
    /// <summary>As <see cref="Known"/>, but contact was lost meanwhile: the node is asked for its last number.</summary>
    Verifying,
}
