using System.Collections.Concurrent;

namespace Peers;

/// <summary>When the heartbeat looks at each connection again: a wheel of slots, one a beat. To look at all of them at each beat costs several cache misses a peer.</summary>
/// <remarks>
/// A slot knows peers by their ids, so that it keeps nobody who has left. A connection for which something came up that is due earlier is attended at the next beat, and says then how
/// long there is time. An entry that is overtaken by an earlier one, or whose peer has left, goes when its slot is next passed.
/// </remarks>
/// <param name="connections">Who is there.</param>
/// <param name="start">The beginning of time, as a timestamp.</param>
/// <param name="period">The time from beat to beat, in units of timestamps.</param>
internal sealed class LookSchedule(PeerRegistry connections, long start, long period)
{
    /// <summary>When nothing is due.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The tick of a connection that stands in no slot. Those before it last for thirteen years.</summary>
    public const int NoTick = int.MaxValue;

    // What is due later than a turn of the wheel stays in its slot until its turn has come.
    private const int Slots = 512;

    // More than that is given back: many who came at once would leave their room in every slot.
    private const int KeptCapacity = 1024;

    private readonly ConcurrentQueue<PeerConnection> _attended = new();

    // The heartbeat alone.
    private readonly List<Entry>?[] _slots = new List<Entry>?[Slots];
    private int _tick;

    /// <summary>When the next beat is about to be. From any thread.</summary>
    public long NextBeat { get; private set; } = start + period;

    /// <summary>Has a connection looked at at the next beat. From any thread, as often as one likes.</summary>
    public void Attend(PeerConnection connection)
    {
        if (connection.TryAttend()) _attended.Enqueue(connection);
    }

    /// <summary>Looks at whoever it is time for. One call at a time.</summary>
    public void Beat(long now)
    {
        NextBeat = now + period;
        var before = _tick;
        _tick = Math.Max(before, TickAt(now - start));
        for (var count = _attended.Count; count > 0 && _attended.TryDequeue(out var connection); count--)
        {
            connection.EndAttention();
            if (connections.Find(connection.Id) is not null) Look(connection, now);
        }

        for (var tick = Math.Max(before + 1, _tick - Slots + 1); tick <= _tick; tick++) Turn(tick % Slots, now);
    }

    private void Turn(int slot, long now)
    {
        if (_slots[slot] is not { } entries) return;

        // What is added meanwhile is for a later turn, and stays.
        var count = entries.Count;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var entry = entries[i];
            if (connections.Find(entry.Peer) is not { } connection || connection.LookTick != entry.Tick) continue;
            if (entry.Tick > _tick) entries[kept++] = entry;
            else Take(connection, now);
        }

        entries.RemoveRange(kept, count - kept);
        if (entries.Count == 0 && entries.Capacity > KeptCapacity) _slots[slot] = null;
    }

    private void Take(PeerConnection connection, long now)
    {
        connection.LookTick = NoTick;
        Look(connection, now);
    }

    private void Look(PeerConnection connection, long now)
    {
        var next = connection.Beat(now);
        if (next == Never) return;
        var tick = next <= start ? 0 : TickAt(next - start + period - 1);
        if (tick <= _tick + 1) Attend(connection);
        else if (tick < connection.LookTick) Add(connection, tick);
    }

    private int TickAt(long time) => (int)Math.Min(time / period, NoTick - 1);

    private void Add(PeerConnection connection, int tick)
    {
        connection.LookTick = tick;
        (_slots[tick % Slots] ??= []).Add(new(connection.Id, tick));
    }

    /// <summary>How many entries stand in slots.</summary>
    internal int Count => _slots.Sum(static slot => slot?.Count ?? 0);

    private readonly record struct Entry(PeerId Peer, int Tick);
}
