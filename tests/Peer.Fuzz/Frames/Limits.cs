namespace Peers.Fuzzing;

/// <summary>How much a message may be.</summary>
/// <param name="MessageSize">Its bytes.</param>
/// <param name="Fragments">Its frames.</param>
internal readonly record struct Limits(int MessageSize, int Fragments);
