namespace Peers.Fuzzing;

/// <summary>One part of Peer that is given whatever bytes there are.</summary>
internal interface IFuzzTarget
{
    /// <summary>The name on the command line and of the corpus.</summary>
    string Name { get; }

    /// <summary>Runs one input to its end.</summary>
    /// <exception cref="Exception">Something is wrong: <see cref="BrokenClaimException"/> where it is a claim of ours, else whatever came through.</exception>
    void Run(ReadOnlySpan<byte> input);
}
