namespace Realtime.Hosting.Files;

/// <summary>What became of a file that changed: a closed set, safe as a metric's label.</summary>
internal enum FileChange
{
    /// <summary>Its new content is in use.</summary>
    Taken,

    /// <summary>Its new content is of no use; the last good one stays.</summary>
    Refused,

    /// <summary>It can no longer be read; the last good content stays.</summary>
    Unreadable,
}
