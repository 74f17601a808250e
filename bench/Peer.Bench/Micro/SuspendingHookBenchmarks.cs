using System.Threading.Tasks.Sources;
using BenchmarkDotNet.Attributes;
using Peers.Bench.InProcess;

namespace Peers.Bench.Micro;

/// <summary>What a hook allocates that awaits something which is not there yet, beside a plain method that awaits the same.</summary>
/// <remarks>What is awaited allocates nothing, so that only the awaiting is counted.</remarks>
public class SuspendingHookBenchmarks
{
    private readonly PeerHost _host = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly Gate _gate = new();
    private HandFedPeer? _valueTask;
    private HandFedPeer? _task;

    [GlobalSetup]
    public void Setup()
    {
        _valueTask = HandFedPeer.Open<ValueTaskPeer>(_host, "x"u8.ToArray(), depth: 1, _services);
        _task = HandFedPeer.Open<TaskPeer>(_host, "x"u8.ToArray(), depth: 1, _services);
    }

    [Benchmark(Description = "A hook of ValueTask")]
    public void ValueTaskHook() => Suspend(_valueTask!);

    [Benchmark(Description = "A hook of Task")]
    public void TaskHook() => Suspend(_task!);

    [Benchmark(Description = "A plain async ValueTask")]
    public void Plain()
    {
        var waiting = WaitAsync();
        _gate.Open();
        waiting.GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (var peer in _host.Peers) peer.Terminate();
        _host.Dispose();
        _services.Dispose();
    }

    private static void Suspend(HandFedPeer peer)
    {
        peer.Hear(1);
        Gate.Current!.Open();
    }

    private async ValueTask WaitAsync() => await _gate.WhenOpen();
}

/// <summary>Something to await, again and again.</summary>
internal sealed class Gate : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source;

    public static Gate? Current { get; set; }

    public ValueTask WhenOpen()
    {
        Current = this;
        _source.Reset();
        return new(this, _source.Version);
    }

    public void Open() => _source.SetResult(true);

    public void GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _source.OnCompleted(continuation, state, token, flags);
}

[PeerHandler("/wait/value-task")]
internal sealed partial class ValueTaskPeer
{
    private readonly Gate _gate = new();

    [OnMessage(MessageKind.Text)]
    private async ValueTask Heard(ReadOnlyMemory<byte> text) => await _gate.WhenOpen();
}

[PeerHandler("/wait/task")]
internal sealed partial class TaskPeer
{
    private readonly Gate _gate = new();

    [OnMessage(MessageKind.Text)]
    private async Task Heard(ReadOnlyMemory<byte> text) => await _gate.WhenOpen();
}
