namespace Chat;

/// <summary>Who is in which room, under names that are unique in it.</summary>
public sealed class Rooms
{
    private readonly Lock _lock = new();

    // Guarded by _lock. One count of versions for all rooms: a room that is left and entered again goes on counting.
    private readonly Dictionary<string, HashSet<string>> _rooms = [];
    private long _version;

    /// <summary>Enters under <paramref name="name"/>, or what it had to be made into.</summary>
    public Here Enter(string room, ref string name)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var names)) _rooms.Add(room, names = new(StringComparer.OrdinalIgnoreCase));
            return Add(names, ref name);
        }
    }

    /// <summary>Changes <paramref name="name"/> to the wanted one, or what that had to be made into.</summary>
    public Here Rename(string room, ref string name, string wanted)
    {
        lock (_lock)
        {
            var names = _rooms[room];
            names.Remove(name);
            name = wanted;
            return Add(names, ref name);
        }
    }

    /// <summary>Leaves the room.</summary>
    public Here Leave(string room, string name)
    {
        lock (_lock)
        {
            var names = _rooms[room];
            names.Remove(name);
            if (names.Count == 0) _rooms.Remove(room);
            return List(names);
        }
    }

    private Here Add(HashSet<string> names, ref string name)
    {
        var clean = Name.Clean(name);
        name = clean;
        for (var i = 2; !names.Add(name); i++) name = $"{clean} {i}";
        return List(names);
    }

    private Here List(HashSet<string> names) => new(++_version, [.. names]);
}
