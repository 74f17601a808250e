namespace Peers.Transports;

/// <summary>Who gets what is published to a channel.</summary>
internal interface ISubscriber
{
    /// <summary>Takes a frame, adding a reference where it keeps it. Called inside a turn, under the channel's lock: it must not wait, and must not come back to channels.</summary>
    void Deliver(SharedFrame frame);

    /// <summary>Whose it is, for those who know what that is.</summary>
    object Owner { get; }
}

/// <summary>Something that puts together what is for many, until the turn ends.</summary>
internal interface IGathering
{
    /// <summary>Hands out what was put together, unless all of it leaves out <paramref name="before"/>. Called inside a turn, under no lock.</summary>
    /// <param name="before">Who is to get something else next; null where everything is to be handed out.</param>
    void HandOut(ISubscriber? before);
}
