using System.Diagnostics;

namespace Peers.Bench.Load;

/// <summary>Clients that send all they have without waiting and read as fast as they can: first one after another, then all at once.</summary>
/// <remarks>
/// A connection that the server ends before it has sent all replies counts as closed, whether by a close frame or otherwise; so does one
/// on which no whole message arrives for a long time.
/// </remarks>
internal sealed class BurstLoad(LoadOptions options)
{
    private const double Megabyte = 1_000_000;

    // Longer than a server may take to find out that a client makes no progress.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Burst _burst = Burst.Of(options.Workload, options.Server, options.Depth);

    public BurstResult Run()
    {
        var (alone, aloneTime) = (0, TimeSpan.Zero);
        for (var i = 0; i < options.Connections; i++)
        {
            var (complete, elapsed, _) = Run(1);
            alone += complete;
            if (complete > 0) aloneTime += elapsed;
        }

        var (together, time, cpu) = Run(options.Connections);
        var closed = options.Connections - Math.Min(alone, together);
        return new(closed, Rate(together, time), Rate(alone, aloneTime), cpu / time);
    }

    private double Rate(int complete, TimeSpan elapsed) => complete == 0 ? 0 : complete * _burst.ReplyBytes / Megabyte / elapsed.TotalSeconds;

    private (int Complete, TimeSpan Elapsed, TimeSpan Cpu) Run(int count)
    {
        using var epoll = new Epoll();
        BurstClient[] clients = [.. Enumerable.Range(0, count).Select(_ => new BurstClient(_burst, options.Port))];
        for (var i = 0; i < count; i++) epoll.Add(clients[i].Descriptor, i);
        var (cpu, started) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        foreach (var client in clients) client.Begin();
        Serve(clients, epoll);
        var elapsed = Stopwatch.GetElapsedTime(started);
        foreach (var client in clients) client.Close();
        return (clients.Count(client => client.IsComplete), elapsed, Environment.CpuUsage.TotalTime - cpu);
    }

    private static void Serve(BurstClient[] clients, Epoll epoll)
    {
        var isWatched = new bool[clients.Length];
        for (var i = 0; i < clients.Length; i++) Watch(i);
        while (Array.Exists(clients, client => IsOpen(client) && client.Silence < s_patience))
        {
            var count = epoll.Wait(milliseconds: 100);
            for (var i = 0; i < count; i++)
            {
                var index = epoll.IndexOf(i);
                clients[index].Serve();
                Watch(index);
            }
        }

        void Watch(int index)
        {
            var client = clients[index];

            // Closing takes it out of the epoll set.
            if (!IsOpen(client)) client.Close();
            else if (client.HasUnsent != isWatched[index]) epoll.Watch(client.Descriptor, index, isWatched[index] = client.HasUnsent);
        }
    }

    private static bool IsOpen(BurstClient client) => !client.IsComplete && !client.IsClosed;
}
