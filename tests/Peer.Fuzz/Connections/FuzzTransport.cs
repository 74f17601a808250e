using System.IO.Pipelines;

namespace Peers.Fuzzing;

/// <summary>Hands a connection the pieces of a stream, and keeps what it writes. All on the pump's thread.</summary>
internal sealed class FuzzTransport(ReadOnlyMemory<byte> stream, Session.Settings settings, Script script, Clock clock) : PeerTransport
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(300);

    private readonly MemoryStream _written = new();
    private readonly Queue<TaskCompletionSource<FlushResult>> _flushes = new();
    private byte[]? _lent;
    private bool _isCompleted;
    private bool _isAborted;

    /// <summary>All that was written.</summary>
    public byte[] Written => _written.ToArray();

    /// <inheritdoc/>
    public override async Task ReadAllAsync(PeerConnection connection)
    {
        foreach (var range in Chops.Of(stream.Length, settings.Cuts))
        {
            if (_isAborted) return;
            byte[] piece = stream[range].ToArray();
            var result = Pump.Outside(() => connection.Receive(piece));
            if (connection.HoldsInput) _lent = piece;
            else Array.Fill(piece, (byte)0xCC);
            if (result == ReceiveResult.Stop) return;
            if (result == ReceiveResult.Pause && await connection.WhenReadable() == ReceiveResult.Stop) return;

            // One piece is lent at a time: a pipe's reader waits for it, and what comes meanwhile is copied.
            Pump.Outside(Meanwhile);
        }

        if (settings.BreaksOff && !_isAborted) throw new IOException("The connection was reset.");
    }

    /// <inheritdoc/>
    public override void ReleaseInput()
    {
        if (_lent is not null) Array.Fill(_lent, (byte)0xCC);
        _lent = null;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        Claim.That(!_isCompleted, "nothing is written after the end");
        if (!_isAborted) _written.Write(bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync()
    {
        Claim.That(!_isCompleted, "nothing is flushed after the end");
        if (_isAborted) return new(new FlushResult(isCanceled: true, isCompleted: false));
        if (!settings.WritesSlowly) return default;
        Claim.Same(0, _flushes.Count);
        var flush = new TaskCompletionSource<FlushResult>();
        _flushes.Enqueue(flush);
        return new(flush.Task);
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync()
    {
        Claim.Same(0, _flushes.Count);
        _isCompleted = true;
        return default;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _isAborted = true;
        EndFlush(isCanceled: true);
    }

    /// <summary>Lets a flush end that the client held up; false where none is.</summary>
    public bool Flush() => EndFlush(isCanceled: false);

    // What goes on between two reads.
    private bool Meanwhile()
    {
        if (settings.Beats) clock.Advance(s_beat);
        return settings.ResumesEarly && script.Resume();
    }

    private bool EndFlush(bool isCanceled)
    {
        if (!_flushes.TryDequeue(out var flush)) return false;
        flush.SetResult(new(isCanceled, isCompleted: false));
        return true;
    }
}
