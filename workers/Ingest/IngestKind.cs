namespace Realtime.Workers.Ingest;

/// <summary>Which way something came in: a label of metrics.</summary>
internal enum IngestKind
{
    /// <summary><c>POST /v1/events</c>.</summary>
    Events,

    /// <summary><c>POST /v1/tasks/{task}/terminal</c>.</summary>
    Terminal,

    /// <summary><c>POST /v1/tasks/{task}/terminal/end</c>.</summary>
    TerminalEnd,

    /// <summary><c>POST /v1/tasks/{task}/terminal/resize</c>.</summary>
    TerminalResize,

    /// <summary><c>POST /v1/leases</c>.</summary>
    Lease,

    /// <summary><c>POST /v1/leases/release</c>.</summary>
    LeaseRelease,
}
