namespace Realtime.Loadtests.Terminals;

/// <summary>Writes one terminal, in order.</summary>
internal interface ITerminalProducer : IAsyncDisposable
{
    /// <summary>Appends that were refused or had no answer; then nothing more is taken.</summary>
    long Refused { get; }

    /// <summary>How often the producer was asked to wait.</summary>
    long Pauses { get; }

    /// <summary>Why the first was refused.</summary>
    string? Reason { get; }

    /// <summary>Appends bytes at an offset; returns when the next may follow. They are not sent again.</summary>
    /// <param name="offset">Where they stand.</param>
    /// <param name="data">The bytes; they must not change.</param>
    /// <param name="due">When they were due, as a timestamp, for <see cref="TerminalAppends.Append"/>.</param>
    /// <param name="stopping">Ends it.</param>
    Task AppendAsync(long offset, ReadOnlyMemory<byte> data, long due, CancellationToken stopping);

    /// <summary>Returns when all is answered.</summary>
    Task CompleteAsync(CancellationToken stopping);
}
