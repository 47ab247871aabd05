using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>Whose terminal it is. Not thread-safe: its <see cref="TerminalStore"/> holds the lock.</summary>
internal sealed class TerminalClaims
{
    // Those who had it before, in their last life; the newest last. As in terminal.lua.
    private readonly List<ProducerClaim> _former = [];
    private ProducerClaim? _holder;
    private bool _isLeased;

    /// <summary>Whether a lease on it lives.</summary>
    public bool IsLeased => _isLeased;

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
        else if (claim is { } newcomer && !TryTakeOver(newcomer))
        {
            return ClaimOutcome.Stale;
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

    // False if a later life of the newcomer had it once.
    private bool TryTakeOver(ProducerClaim newcomer)
    {
        int known = _former.FindIndex(former => former.Producer == newcomer.Producer);
        if (known >= 0 && newcomer.Epoch < _former[known].Epoch)
        {
            return false;
        }

        if (known >= 0)
        {
            _former.RemoveAt(known);
        }

        if (_holder is { } before)
        {
            _former.Add(before);
        }

        if (_former.Count > LogLimits.FormerClaimsMax)
        {
            _former.RemoveAt(0);
        }

        return true;
    }
}
