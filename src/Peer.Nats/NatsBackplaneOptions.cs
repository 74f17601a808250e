using NATS.Client.Core;

namespace Peers;

/// <summary>Where the NATS server is, and how it is used.</summary>
public sealed class NatsBackplaneOptions : BackplaneOptions
{
    /// <summary>The servers, as the client takes them: <c>nats://host:4222</c>, several with commas, <c>tls://</c> for TLS. Default: <c>nats://localhost:4222</c>.</summary>
    public string Url { get; set; } = "nats://localhost:4222";

    /// <summary>What every subject begins with, a token or several with dots. Applications that share a server need different ones. Default: <c>peers</c>.</summary>
    public string Prefix { get; set; } = "peers";

    /// <summary>Changes the client's own options, those for TLS and credentials among them; null leaves them. Gets what is used otherwise.</summary>
    /// <remarks><c>Url</c> and <c>Echo</c> of the result are not used.</remarks>
    public Func<NatsOpts, NatsOpts>? Client { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The URL is empty, or the prefix is no subject.</exception>
    public override void Validate()
    {
        base.Validate();
        Check(!string.IsNullOrWhiteSpace(Url), nameof(Url), "NatsBackplaneOptions.Url is empty.");
        Check(NatsSubjects.IsPrefix(Prefix), nameof(Prefix), $"NatsBackplaneOptions.Prefix '{Prefix}' is no NATS subject: tokens of visible ASCII with dots between them, without *, > and %.");
    }

    private static void Check(bool works, string option, string message)
    {
        if (!works) throw new ArgumentException(message, option);
    }
}
