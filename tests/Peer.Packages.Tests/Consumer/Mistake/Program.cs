using Peers;

Console.WriteLine(typeof(Listener));

internal sealed partial class Listener
{
    [OnMessage]
    private static void Hear(Stream stream) => stream.Dispose();
}
