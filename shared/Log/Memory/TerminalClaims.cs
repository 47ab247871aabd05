using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>Whose terminal it is. Not thread-safe: its <see cref="TerminalStore"/> holds the lock.</summary>
internal sealed class TerminalClaims
{
    private ProducerClaim? _holder;
    private bool _isLeased;

    /// <summary>
    /// Whether who wants to write may; then the terminal is its own, unless it does not say who it is.
    /// </summary>
    public ClaimOutcome Claim(ProducerClaim? claim)
    {
        if (claim is { } same && same.Producer == _holder?.Producer)
        {
            if (same.Epoch < _holder.Value.Epoch)
            {
                return ClaimOutcome.Stale;
            }
        }
        else if (_isLeased)
        {
            return ClaimOutcome.Claimed;
        }

        _holder = claim ?? _holder;
        return ClaimOutcome.Granted;
    }

    /// <summary>Claims it for who takes a lease.</summary>
    public ClaimOutcome Lease(ProducerClaim holder)
    {
        ClaimOutcome outcome = Claim(holder);
        _isLeased |= outcome == ClaimOutcome.Granted;
        return outcome;
    }

    /// <summary>Takes the lease off, unless another or a later life of the holder has claimed it since.</summary>
    public bool TryUnclaim(ProducerClaim holder)
    {
        bool isHolder = _holder == holder;
        _isLeased &= !isHolder;
        return isHolder;
    }
}
