namespace Peers.TestKit;

/// <summary>What a process has written, line by line, and a way to wait for a line. Safe from any thread.</summary>
internal sealed class ProcessOutput(TimeSpan patience)
{
    // Guarded by _lock: both streams write from threads of their own.
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All of it.</summary>
    public override string ToString()
    {
        lock (_lock) return string.Join('\n', _lines);
    }

    /// <summary>Adds a line; null, which ends a stream, is not one.</summary>
    public void Add(string? line)
    {
        if (line is null) return;
        TaskCompletionSource waited;
        lock (_lock)
        {
            _lines.Add(line);
            (waited, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waited.SetResult();
    }

    /// <summary>Returns when there is a line that holds a text, which may have been long ago.</summary>
    public async Task UntilAsync(string text)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_lines.Exists(line => line.Contains(text, StringComparison.Ordinal))) return;
                next = _next.Task;
            }

            await next.WaitAsync(patience);
        }
    }
}
