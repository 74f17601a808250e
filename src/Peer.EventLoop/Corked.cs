namespace Peers;

/// <summary>Where a thread puts together what goes to one socket in one call. Empty between flushes.</summary>
internal sealed class Corked
{
    private const int Size = 64 * 1024;

    [ThreadStatic]
    private static Corked? t_corked;

    private readonly byte[] _bytes = new byte[Size];
    private int _length;

    /// <summary>This thread's.</summary>
    public static Corked OfThread => t_corked ??= new Corked();

    /// <summary>Whether nothing waits on this thread.</summary>
    public static bool IsEmpty => t_corked is null or { _length: 0 };

    /// <summary>Appends bytes, sending what was there first where they do not fit.</summary>
    public void Add(LoopConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Size - _length) Send(connection);
        if (bytes.Length > Size)
        {
            connection.Send(bytes);
            return;
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Sends what this thread has put together, if it ever did.</summary>
    public static void SendAny(LoopConnection connection) => t_corked?.Send(connection);

    /// <summary>Sends what was put together.</summary>
    public void Send(LoopConnection connection)
    {
        if (_length == 0) return;
        connection.Send(_bytes.AsSpan(0, _length));
        _length = 0;
    }
}
