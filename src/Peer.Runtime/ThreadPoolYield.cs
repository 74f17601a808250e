using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>Awaited, it continues on the thread pool behind all work that the pool has already.</summary>
/// <remarks><see cref="Task.Yield"/> queues the continuation where the same thread takes it next, before the work of other peers.</remarks>
internal readonly struct ThreadPoolYield : ICriticalNotifyCompletion
{
    public static ThreadPoolYield Now => default;

    public bool IsCompleted => false;

    public ThreadPoolYield GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static next => next(), continuation, preferLocal: false);

    public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
