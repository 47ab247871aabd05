namespace Realtime.Cli.Uploads;

/// <summary>What became of an upload.</summary>
internal enum UploadStatus
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>All of it is stored.</summary>
    Complete,

    /// <summary>What the spool could keep is stored, and a line that says that more is missing.</summary>
    Cut,

    /// <summary>The server will not have it.</summary>
    Refused,

    /// <summary>Bytes could not be sent in time.</summary>
    Unsent,
}
