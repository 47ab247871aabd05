namespace Realtime.Workers.History;

/// <summary>Why there is no place for a read.</summary>
internal enum ReadRefusal
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>The tenant has as many under way as it may.</summary>
    TenantPlaces,

    /// <summary>The worker has.</summary>
    WorkerPlaces,
}
