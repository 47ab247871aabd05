using System.Text.Json;
using Realtime.Hosting.Problems;
using Realtime.Log;

namespace Realtime.Workers.Ingest;

/// <summary>What a producer is answered, whichever way it asked: over HTTP, or on a socket.</summary>
internal abstract record IngestAnswer
{
    private IngestAnswer()
    {
    }

    /// <summary>The pressure that was found, if any was.</summary>
    public Pressure? Pressure { get; init; }

    /// <summary>It was done.</summary>
    /// <param name="Status">The status over HTTP.</param>
    /// <param name="WriteMembers">Writes the members of the answer, for either form: no bytes, no floats.</param>
    public sealed record Done(int Status, Action<Utf8JsonWriter> WriteMembers) : IngestAnswer;

    /// <summary>Nothing was stored, or nothing is known to be.</summary>
    /// <param name="Status">The status over HTTP.</param>
    /// <param name="Code">A code of <c>ErrorCodes</c>.</param>
    /// <param name="Detail">What is wrong and what to do.</param>
    public sealed record Refused(int Status, string Code, string Detail) : IngestAnswer
    {
        /// <summary>What is wrong where, if there is more than one place.</summary>
        public IReadOnlyList<ProblemError> Errors { get; init; } = [];

        /// <summary>When to come again, if that helps.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>Writes further members.</summary>
        public Action<Utf8JsonWriter>? WriteMembers { get; init; }
    }
}
