using Realtime.Log.Revocations;

namespace Realtime.Tests.Workers.Revocations;

/// <summary>A store that is away where a test says so, rings nobody, or is another one from some time on.</summary>
internal sealed class FaultyRevocations(IRevocationStore inner) : IRevocationStore
{
    private int _adds;
    private int _looks;

    public bool IsAway { get; set; }

    /// <summary>How often it was read.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>Whoever listens hears nothing.</summary>
    public bool IsSilent { get; init; }

    public IRevocationStore Inner { get; set; } = inner;

    /// <summary>How often it was asked to keep one.</summary>
    public int Adds => Volatile.Read(ref _adds);

    public Task<bool> AddAsync(Revocation revocation, int entriesMax, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _adds);
        return IsAway
            ? Task.FromException<bool>(FaultyLog.Away())
            : Inner.AddAsync(revocation, entriesMax, cancellationToken);
    }

    public Task<bool> RemoveAsync(RevocationKey key, CancellationToken cancellationToken) =>
        IsAway ? Task.FromException<bool>(FaultyLog.Away()) : Inner.RemoveAsync(key, cancellationToken);

    public Task<RevocationChanges> ReadAsync(
        RevocationPlace after, int countMax, CancellationToken cancellationToken)
    {
        if (IsAway)
        {
            return Task.FromException<RevocationChanges>(FaultyLog.Away());
        }

        Task<RevocationChanges> read = Inner.ReadAsync(after, countMax, cancellationToken);
        Interlocked.Increment(ref _looks);
        return read;
    }

    public Task<IAsyncDisposable> ListenAsync(Action rung, CancellationToken cancellationToken) =>
        IsAway
            ? Task.FromException<IAsyncDisposable>(FaultyLog.Away())
            : Inner.ListenAsync(IsSilent ? Ignore : rung, cancellationToken);

    private static void Ignore()
    {
    }
}
