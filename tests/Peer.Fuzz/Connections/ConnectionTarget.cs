namespace Peers.Fuzzing;

/// <summary>A whole connection over memory: any bytes end in messages, a close code or "more bytes"; never in an exception or a hang.</summary>
/// <remarks>
/// Input: a byte of settings, a byte of cuts, the stream. Messages that begin with <c>!</c> say what their hook does: see <see cref="Script"/>.
/// Where the settings ask for nothing but the standard, everything that comes out is compared with what <see cref="PlainReader"/> finds.
/// </remarks>
internal sealed class ConnectionTarget : IFuzzTarget
{
    public string Name => "connection";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return;
        new Session(new(input[0], input[1]), input[2..].ToArray()).Run();
    }
}
