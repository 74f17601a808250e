using Peers.Channels;
using Peers.Transports;

namespace Peers;

// Gaps: what other nodes published and did not come, told to a hook.
public sealed partial class PeerConnection
{
    private GapSet? _gaps;

    PeerId IMember.Id => Id;

    void IMember.Tell(in ChannelGap gap)
    {
        if (!Has(PeerHooks.Gap)) return;
        var gaps = Volatile.Read(ref _gaps) ?? Interlocked.CompareExchange(ref _gaps, new(), null) ?? _gaps;

        // The hook is foreign code: the thread that hands messages on has others to serve.
        if (gaps!.Add(gap)) ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.PostGap(), this, preferLocal: false);
    }

    private void PostGap()
    {
        using var turn = Turn.Enter();
        _hooks.Post(new HookCall(HookKind.Gap));
    }
}
