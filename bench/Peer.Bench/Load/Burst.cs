using System.Globalization;
using System.Text;
using Peers.Bench.Servers;

namespace Peers.Bench.Load;

/// <summary>What one client of a burst load sends without waiting for anything, and what it is sent for that.</summary>
/// <param name="Dialect">How it connects.</param>
/// <param name="Chunk">What it sends in one write.</param>
/// <param name="Chunks">How often it sends that.</param>
/// <param name="Replies">How many messages of the length of the dialect's reply it receives in all.</param>
internal sealed record Burst(Dialect Dialect, byte[] Chunk, int Chunks, int Replies)
{
    // Together 36.9 MB each way.
    private const int EchoLength = 16 * 1024;
    private const int EchoesPerChunk = 15;
    private const int EchoChunks = 150;

    /// <summary>The bytes of all replies, without headers.</summary>
    public long ReplyBytes => (long)Replies * Dialect.Reply.Length;

    /// <summary>The burst of a workload.</summary>
    /// <param name="workload"><c>requests</c>, <c>hook</c> or <c>pipelined</c>.</param>
    /// <param name="server">Whose dialect is spoken.</param>
    /// <param name="requests">How many requests are sent in one write; the other workloads do not use it.</param>
    public static Burst Of(string workload, string server, int requests)
    {
        var dialect = Dialect.Of(workload == "pipelined" ? "echo" : workload, server, EchoLength);
        var frame = ClientFrame.Request(dialect);
        return workload switch
        {
            "requests" => new(dialect, Join(Enumerable.Range(0, requests).Select(number => Request(dialect, number))), 1, requests),
            "hook" => new(dialect, frame, 1, Bursts.Pieces),
            "pipelined" => new(dialect, Join(Enumerable.Repeat(frame, EchoesPerChunk)), EchoChunks, EchoesPerChunk * EchoChunks),
            _ => throw new ArgumentException($"There is no burst load '{workload}'."),
        };
    }

    /// <summary>Whether a workload is one of bursts.</summary>
    public static bool IsOne(string workload) => workload is "requests" or "hook" or "pipelined";

    private static byte[] Join(IEnumerable<byte[]> frames) => [.. frames.SelectMany(bytes => bytes)];

    // All ids are equally long, and so are all replies.
    private static byte[] Request(Dialect dialect, int number)
    {
        var id = (int.Parse(Dialect.FirstId, CultureInfo.InvariantCulture) + number).ToString(CultureInfo.InvariantCulture);
        var text = Encoding.UTF8.GetString(dialect.Request).Replace(Dialect.FirstId, id, StringComparison.Ordinal);
        return ClientFrame.Text(Encoding.UTF8.GetBytes(text));
    }
}
