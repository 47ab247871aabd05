using System.Collections.Immutable;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Affinity;

/// <summary>
/// Orders the workers for one request: the first gets it, the others are whom to ask if that one does not take it.
/// </summary>
internal sealed class WorkerRanking(AffinityOptions options)
{
    private uint _turn;

    /// <summary>
    /// Rendezvous hashing with bounded load (Mirrokni, Thorup and Zadimoghaddam, 2016): by score, but workers that have
    /// their share already come last. Correctness never depends on it.
    /// </summary>
    public ImmutableArray<Worker> ByKey(string key, IReadOnlyList<Worker> workers)
    {
        ulong keyHash = Rendezvous.Hash(key);
        // Read once: loads move while we sort.
        long[] loads = [.. workers.Select(worker => worker.Load)];
        double share = Math.Max(options.LoadFloor, Math.Ceiling(options.LoadBound * (loads.Sum() + 1) / workers.Count));
        return
        [
            .. workers
                .Select((worker, i) => (
                    Worker: worker,
                    IsFull: loads[i] + 1 > share,
                    Score: Rendezvous.Score(keyHash, worker.IdHash)))
                .OrderBy(rank => rank.IsFull)
                .ThenByDescending(rank => rank.Score)
                .Select(rank => rank.Worker),
        ];
    }

    /// <summary>Those with the fewest requests in flight first; in turns where they are even.</summary>
    public ImmutableArray<Worker> ByRequests(IReadOnlyList<Worker> workers)
    {
        uint turn = Interlocked.Increment(ref _turn);
        return
        [
            .. workers
                .Select((worker, i) => (
                    Worker: worker,
                    worker.Requests,
                    Turn: ((uint)i + turn) % (uint)workers.Count))
                .OrderBy(rank => rank.Requests)
                .ThenBy(rank => rank.Turn)
                .Select(rank => rank.Worker),
        ];
    }
}
