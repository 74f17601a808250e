using System.Diagnostics.Metrics;

namespace Peers.Tests.Kit;

/// <summary>Publishes whenever bytes were counted, as a live dashboard of an application could.</summary>
internal static class Dashboard
{
    [ThreadStatic]
    private static bool t_isPublishing;

    public static MeterListener Listen(PeerHost host, string channel, string text)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "Peers", Name: "peer.network.io" }) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Publish(host, channel, text));
        listener.Start();
        return listener;
    }

    private static void Publish(PeerHost host, string channel, string text)
    {
        if (t_isPublishing) return;
        t_isPublishing = true;
        try
        {
            host.Publish(channel, text);
        }
        finally
        {
            t_isPublishing = false;
        }
    }
}
