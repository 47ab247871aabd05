using System.IO.Pipelines;
using System.Threading.RateLimiting;

namespace Realtime.Edge.Door;

/// <summary>
/// What a client sends, up to the end of its TLS handshake let in by the gate: a place is held from the arrival of
/// bytes until TLS asks for more of them, so never while the client is the one who is waited for. Silent or dribbling
/// clients take no places.
/// </summary>
internal sealed class GatedInput(PipeReader inner, HandshakeGate gate, Action refused) : PipeReader
{
    private RateLimitLease? _place;
    private bool _isOpen;

    /// <summary>The handshake is through, or given up: from here on this is the input as it comes.</summary>
    public void Open()
    {
        _isOpen = true;
        GiveBack();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _isOpen ? inner.ReadAsync(cancellationToken) : ReadGatedAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private async ValueTask<ReadResult> ReadGatedAsync(CancellationToken handshakeEnded)
    {
        GiveBack();
        ReadResult result = await inner.ReadAsync(handshakeEnded);
        if (result.IsCanceled || result.Buffer.IsEmpty)
        {
            return result;
        }

        RateLimitLease place = await gate.EnterAsync(handshakeEnded);
        if (place.IsAcquired)
        {
            _place = place;
            return result;
        }

        refused();
        inner.AdvanceTo(result.Buffer.End);
        // What the server's TLS takes for a client that went away.
        throw new IOException("Too many TLS handshakes wait.");
    }

    private void GiveBack()
    {
        _place?.Dispose();
        _place = null;
    }
}
