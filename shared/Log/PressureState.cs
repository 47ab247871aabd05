namespace Realtime.Log;

/// <summary>What pressure asks of a producer.</summary>
public enum PressureState
{
    /// <summary>Go on.</summary>
    Ok,

    /// <summary>Wait until it is <see cref="Ok"/> again (at or above 0.8 of the limit; left below 0.5).</summary>
    Pause,
}
