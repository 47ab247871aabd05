namespace Realtime.Workers.Revocations;

/// <summary>What became of an order.</summary>
/// <param name="IsTaken">Whether it holds on this worker; false if there is no room for another.</param>
/// <param name="IsStored">Whether all others learn of it; else once the log is back.</param>
/// <param name="Disconnected">How many connections it ended here.</param>
internal readonly record struct RevocationOrder(bool IsTaken, bool IsStored, int Disconnected);
