namespace Realtime.Log.Redis.Repartitioning;

/// <summary>A producer's numbers in a group of an old stream.</summary>
/// <param name="Partition">The old partition.</param>
/// <param name="Target">The new partition, that of the group.</param>
/// <param name="Field">What it is stored under: producer and group.</param>
/// <param name="Life">Its life and the last number stored, as they are stored.</param>
/// <param name="Answers">The answers remembered whose entries are still there, oldest first.</param>
/// <param name="At">Ms of its last event.</param>
internal sealed record OldProducer(
    int Partition, int Target, string Field, string Life, IReadOnlyList<OldAnswer> Answers, double At);
