namespace Peers;

/// <summary>Where a thread puts together what goes to one socket in one call. Empty between flushes.</summary>
internal sealed class Corked
{
    private const int Size = 64 * 1024;

    [ThreadStatic]
    private static Corked? t_corked;

    private readonly byte[] _bytes = new byte[Size];
    private LoopConnection? _connection;
    private int _length;

    /// <summary>This thread's.</summary>
    public static Corked OfThread => t_corked ??= new Corked();

    /// <summary>Whether nothing waits on this thread.</summary>
    public static bool IsEmpty => t_corked is null or { _length: 0 };

    /// <summary>Sends what this thread has put together for a connection, if anything.</summary>
    public static void SendAny(LoopConnection connection)
    {
        if (t_corked is { } corked && corked._connection == connection) corked.Send();
    }

    /// <summary>Appends bytes, sending what was there first where they do not fit. What is another connection's goes to that one, whatever came between its writing and its flush.</summary>
    public void Add(LoopConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (_connection != connection || bytes.Length > Size - _length) Send();
        if (bytes.Length > Size)
        {
            connection.Send(bytes);
            return;
        }

        _connection = connection;
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Send()
    {
        var (connection, length) = (_connection, _length);
        (_connection, _length) = (null, 0);
        if (length > 0) connection!.Send(_bytes.AsSpan(0, length));
    }
}
