namespace Peers.Tests.Kit;

/// <summary>Waiting for signals, never for time to pass.</summary>
internal static class Patience
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource<T> Signal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task Soon(this Task task) => task.WaitAsync(s_limit);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(s_limit);

    public static Task Soon(this TaskCompletionSource signal) => signal.Task.WaitAsync(s_limit);

    public static Task<T> Soon<T>(this TaskCompletionSource<T> signal) => signal.Task.WaitAsync(s_limit);
}
