using Peers.Fuzzing;

namespace Peers.Tests;

/// <summary>The same edits each time: some of what <c>./build.sh fuzz 600 generator</c> does for longer.</summary>
public sealed class GeneratorFuzzTests
{
    [Fact]
    public void The_programs_that_edits_begin_with_are_legal() => Assert.Equal([], GeneratorFuzz.ErrorsBefore());

    [Fact]
    public async Task Edits_crash_nothing_and_leave_nothing_stale_or_uncompilable()
    {
        var fuzz = new GeneratorFuzz(seed: 1);
        await fuzz.RunAsync(TimeSpan.FromMinutes(10), maxEdits: 60);
        Assert.False(fuzz.HasFindings, fuzz.Figures);
    }
}
