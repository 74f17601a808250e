using System.Globalization;

namespace Peers.Bench.Report;

/// <summary><c>docs/benchmarks.md</c>: one section a suite, each replaced when its suite runs with <c>--write</c>.</summary>
internal static class BenchmarksPage
{
    private static readonly string s_path = Repository.PathOf("docs", "benchmarks.md");

    public static void Write(string suite, string command, string tables)
    {
        var page = File.Exists(s_path) ? File.ReadAllText(s_path) : Head;
        var (begin, end) = ($"<!-- {suite} -->\n", $"<!-- end of {suite} -->\n");
        var section = $"{begin}## {suite}\n\n{DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, `{command}`: {Machine.Describe()}.\n\n{tables}\n{end}";
        File.WriteAllText(s_path, Replace(page, begin, end, section));
    }

    private static string Replace(string page, string begin, string end, string section)
    {
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        if (from < 0) return $"{page.TrimEnd()}\n\n{section}";
        var to = page.IndexOf(end, from, StringComparison.Ordinal) + end.Length;
        return page[..from] + section + page[to..];
    }

    private const string Head = """
        # Benchmarks

        `./build.sh bench SUITE --write` measures and writes its section of this page; `--quick` is for a first look, `--rounds N` and `--seconds N`
        change how long it takes. Nothing else should run on the machine meanwhile.

        - A server and the load generator are processes of their own, each pinned to one core. The generator is one thread over epoll, and its own
          share of its core is in the table: where that is near 100 %, it is the bottleneck and the row says nothing.
        - The servers of a table take turns, round after round, and their order rotates. A cell is the median over the rounds; a ratio is the
          median of each round's ratio. Differences below 10 % are noise.
        - Peer runs with its defaults, every check, limit and timer on. System.Net.WebSockets is used as one would by hand for speed; SignalR speaks
          its JSON protocol with source-generated serialization, or MessagePack. Kestrel has its defaults, except in the rows "inline":
          `UnsafePreferInlineScheduling`, `DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1` and one socket thread.
        - Processor time and allocations are the server's whole process's.
        - `codec` and `generator` run in one process, in turns of a few milliseconds, and count its processor time; cells are medians, ratios medians
          over the turns. `codec` runs twice, as the JIT compiles it and as Native AOT does for any x64 processor; `--only kinds` shows each kind of value by itself.
          `generator` measures a warm compiler. Its floor is the same pipeline with transforms that do nothing.
        - `micro` is BenchmarkDotNet's, in one process too: a part of a message's way at a time.
        - `idle` opens 10,000 connections and as many again, or as many as the limit of open files allows; each has said a message and heard its reply, and Peer's are in a room. What is
          between the two is put down to connections, first as it is, then after a blocking, compacting collection: figures are those after it.
        - `startup` runs from `exec` to the first answer, in turns, beside an empty application that is built in the same way.
        - `slow` has clients that send all they have without waiting and read as fast as they can: requests in one write, one request that one hook answers with 1.6 MB, an echo
          client that pipelines 36.9 MB; 20 connections one after another, then 20 at once. A connection that has not received all of its replies counts as closed, also while the server is
          cold; `slow.healthy-closed` is the sum over Peer's transports of the worst runs, and must be 0. A rate counts complete connections only. `stalled` has clients that never read: resident memory of the server's process after what was published to them, beyond that before.

        """;
}
