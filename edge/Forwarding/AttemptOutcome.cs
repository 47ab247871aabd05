namespace Realtime.Edge.Forwarding;

/// <summary>What became of an attempt at one worker: a closed set, safe as a metric's label.</summary>
internal enum AttemptOutcome
{
    /// <summary>The worker answered, and the client has it; or the stream ended, however it did.</summary>
    Answered,

    /// <summary>No connection to the worker: it has seen nothing of the request.</summary>
    Unreachable,

    /// <summary>The worker said that it takes nothing now, and did nothing.</summary>
    Refused,

    /// <summary>The connection broke before an answer: what the worker did is not known.</summary>
    BrokenOff,

    /// <summary>No answer in time: what the worker did is not known.</summary>
    NotAnswered,

    /// <summary>The client's body is too large, or broke off.</summary>
    BodyFault,

    /// <summary>The client's body had not come as a whole when the time for the answer was over.</summary>
    SlowBody,

    /// <summary>The client left.</summary>
    ClientGone,
}
