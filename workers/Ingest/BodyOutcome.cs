namespace Realtime.Workers.Ingest;

/// <summary>What became of an attempt to read a request's body.</summary>
internal enum BodyOutcome
{
    /// <summary>It is all there.</summary>
    Read,

    /// <summary>It is longer than allowed; the rest was not read.</summary>
    TooLarge,

    /// <summary>The worker holds as many bytes as it may.</summary>
    Overloaded,

    /// <summary>It did not come in time.</summary>
    TooSlow,
}
