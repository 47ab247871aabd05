namespace Realtime.Workers.Tail;

/// <summary>What a terminal's tail does next.</summary>
internal enum CutStep
{
    /// <summary>Nothing, before something happens or the time comes.</summary>
    Wait,

    /// <summary>Asks how much there is.</summary>
    Look,

    /// <summary>Cuts all that there is.</summary>
    CutAll,

    /// <summary>Cuts full batches alone; the rest waits for its time.</summary>
    CutWhole,
}
