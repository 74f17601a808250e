namespace Peers;

/// <summary>The context in which hooks run: with nothing that flows from elsewhere, such as a request's activity or what the hook before left.</summary>
/// <remarks>
/// An asynchronous method takes back by itself what it changed before it first awaits; a synchronous one does not, and whoever runs hooks has its thread for long.
/// </remarks>
internal static class CleanContext
{
    private static readonly ExecutionContext s_clean = Capture();

    /// <summary>Makes this thread's context a clean one. In an asynchronous method that holds until its end, and for it alone.</summary>
    public static void Restore() => ExecutionContext.Restore(s_clean);

    /// <summary>As <see cref="Restore"/>, until <see cref="Leave"/>.</summary>
    /// <param name="keeps">Whether what is there stays, and only what is changed is taken back.</param>
    /// <returns>The context that was there; null where it does not flow.</returns>
    public static ExecutionContext? Enter(bool keeps)
    {
        var before = ExecutionContext.Capture();
        if (before is not null && before != s_clean && !keeps) Restore();
        return before;
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    /// <param name="before">What it returned.</param>
    public static void Leave(ExecutionContext? before)
    {
        if (before is not null && before != ExecutionContext.Capture()) ExecutionContext.Restore(before);
    }

    // A new thread has nothing that flows with anything.
    private static ExecutionContext Capture()
    {
        ExecutionContext? clean = null;
        var thread = new Thread(() => clean = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return clean!;
    }
}
