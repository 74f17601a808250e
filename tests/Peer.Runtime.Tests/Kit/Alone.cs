namespace Peers.Tests.Kit;

/// <summary>Tests that count what is allocated: others that run meanwhile would take from the pools that all threads share.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
